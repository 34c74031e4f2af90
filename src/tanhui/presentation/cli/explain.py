"""`tanhui explain`: one booked record as a tree that an auditor can follow to the sources."""

from uuid import UUID

import click
from rich.tree import Tree

from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.explain_record import explain_record
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say, told
from tanhui.presentation.cli.output import console, json_option, literally, operand_line, points, print_json
from tanhui.presentation.cli.person import STATES


@click.command(
    help=say(
        "解释一条已入账的记录：每个因子、来源、算式与取整。",
        "Explain one booked record: every factor, source, sum and rounding.",
    )
)
@click.argument("record")
@json_option
def explain(record: str, *, as_json: bool) -> None:
    """Explains one record."""
    books.open_books()
    show_record(record_number(record), as_json=as_json)


def record_number(written: str) -> UUID:
    """The record of that number. Raises `Refusal` when it is none."""
    try:
        return UUID(written)
    except ValueError as problem:
        text = Text("“{r}”不是记录编号。", "“{r}” is no record number.").format(r=written)
        raise Refusal("record_unknown", text, field="record") from problem


def show_record(key: UUID, *, as_json: bool = False) -> None:
    """Prints one record, explained."""
    answer = explain_record(key)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _print(answer: Json) -> None:
    console.print(f"[bold]{told(answer['name'])}[/] {told(answer['kind'])} {answer['record']}")
    console.print(
        f"[dim]P{answer['person']} #{answer['sequence']} · {answer['partner']} · {answer['occurred_at']} · "
        f"{answer['methodology']} {answer['version']} {answer['variant']} · {' → '.join(answer['region_fallback'])}[/]"
    )
    if answer["person_state"] not in (None, "active"):
        console.print(
            say(f"账户状态：{say(*STATES[answer['person_state']])}", f"The account is {answer['person_state']}")
        )
    root = Tree(
        f"[bold green]{answer['reduction_mg']:,} mg[/] CO2e = {answer['baseline_mg']:,} − {answer['project_mg']:,}"
    )
    for name, field in answer["fields"].items():
        root.add(
            f"{told(field['meaning'])} [bold]{field['value']}[/] {field['unit']}  [dim]{name}, {field['steps']:,} × {field['step']}[/]"
        )
    for term in answer["terms"]:
        branch = root.add(
            f"{'−' if term['side'] == 'project' else '+'} {told(term['title'])}  [dim]{term['mg_per_step']} mg / {say('步', 'step')}[/]"
        )
        for operand in term["operands"]:
            branch.add(operand_line(operand))
    for row in answer["coefficients"]:
        root.add(f"COEF {row['reduction_ng_per_step']:,} ng × {row['steps']:,}  [dim]{' × '.join(row['activity'])}[/]")
    same = say("一致", "equal") if answer["recomputed_equal"] else say("不一致！", "NOT EQUAL")
    root.add(f"{say('重新计算', 'computed again')}: {answer['recomputed_mg']:,} mg — {same}")
    root.add(
        f"{say('入账', 'credited')}: {answer['credited_mg']:,} mg  →  {points(answer['points_milli'])} {say('积分', 'points')}, "
        f"{say('到期', 'expire')} {answer['points_expire_on']}"
    )
    if answer["capped"]:
        root.add(f"[yellow]{told(answer['capped'])}[/]")
    if answer["reversed_by"]:
        root.add(
            f"[yellow]{say('已冲正', 'taken back')}: {literally(answer['reversal_reason'])} ({answer['reversed_by']})[/]"
        )
    console.print(root)
