"""`tanhui audit`: the books proved from themselves; exit status 1 when something is wrong."""

import click

from tanhui.core.described import Json
from tanhui.flows.audit_books import CHECKS, Audit, audit_books
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import console, json_option, kilograms, points, print_json, print_table


@click.command(
    help=say(
        "核验全部账目：系数、减排量、积分、余额、批次、冲正，全部重新计算。",
        "Prove the books: coefficients, reductions, points, balances, lots and reversals, all computed again.",
    )
)
@json_option
def audit(*, as_json: bool) -> None:
    """Proves the books."""
    books.open_books()
    proved = audit_books()
    if as_json:
        print_json(as_document(proved))
    else:
        show_audit(proved)
    raise SystemExit(0 if proved.ok else 1)


def as_document(proved: Audit) -> Json:
    """The audit as one JSON object."""
    return {
        "ok": proved.ok, "counts": proved.counts, "found": dict(proved.found),
        "problems": [
            {
                "check": fault.check, "zh": CHECKS[fault.check].zh, "en": CHECKS[fault.check].en,
                "about": fault.about, "figures": fault.figures,
            }
            for fault in proved.problems
        ],
    }  # fmt: skip


def show_audit(proved: Audit) -> None:
    """Prints the audit for a person."""
    counts = proved.counts
    console.print(
        f"[bold green]{say('账目无误', 'The books are right')}[/]" if proved.ok
        else f"[bold red]{say('账目有误', 'The books are wrong')}[/] {sum(proved.found.values()):,}"
    )  # fmt: skip
    console.print(
        say(
            f"重新计算 {counts['recomputed']:,} 条记录、{counts['coefficients']:,} 个系数；{counts['accounts']:,} 个账户，"
            f"{counts['transfers']:,} 笔积分流转，{counts['reversals']:,} 笔冲正。",
            f"Recomputed {counts['recomputed']:,} records and {counts['coefficients']:,} coefficients; "
            f"{counts['accounts']:,} accounts, {counts['transfers']:,} transfers of points, {counts['reversals']:,} reversals.",
        )
    )
    rows = [
        (say("入账减排量（千克）", "credited, kg CO2e"), kilograms(counts["credited_mg"])),
        (say("可用积分", "points available"), points(counts["available_milli"])),
        (say("冻结", "held"), points(counts["held_milli"])),
        (say("已注销", "retired"), points(counts["retired_milli"])),
        (say("已过期", "expired"), points(counts["expired_milli"])),
        (say("已收回", "clawed back"), points(counts["clawed_back_milli"])),
    ]
    print_table("", [("", "left"), ("", "right")], rows)
    for fault in proved.problems:
        figures = ", ".join(f"{name}={value}" for name, value in fault.figures.items())
        console.print(f"[red]{tell(CHECKS[fault.check])}[/] {fault.about} [dim]{figures}[/]")
    unnamed = sum(proved.found.values()) - len(proved.problems)
    if unnamed:
        console.print(say(f"另有 {unnamed:,} 处未列出。", f"{unnamed:,} more are not listed."))
