"""`tanhui trail`: who changed what, when and why, as the database wrote it down; sealed, verified, let go after six months."""

from dataclasses import asdict
from datetime import datetime

import click

from tanhui.flows.keep_trail import prune_trail, seal_trail
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.output import console, json_option, print_json
from tanhui.support.security.audit.selectors import count_events, events, verify_trail
from tanhui.support.security.audit.types import EventFilter

CLI = "system:0"
MOST_SHOWN = 300
PROBLEMS = {
    "altered": say("事件与封存时不符", "its events are not those that were sealed"),
    "chain_broken": say("与前一封存不相连", "it does not follow the seal before it"),
    "pruned_too_early": say("事件未满六个月即缺失", "its events are gone before six months"),
}
_TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]


@click.group(help=say("审计日志：查询、封存、核验、清理。", "The audit trail: list, seal, verify, prune."))
def trail() -> None:
    """The audit trail."""


@trail.command("list", help=say("查询事件，最新的在前。", "List events, the newest first."))
@click.option("--actor", help=say("操作人，如 staff:7", "Who acted, as staff:7"))
@click.option("--table", help=say("表", "The table"))
@click.option("--row", help=say("行的主键", "The row's key"))
@click.option("--from", "since", type=click.DateTime(_TIMES), help=say("起", "From"))
@click.option("--to", "until", type=click.DateTime(_TIMES), help=say("止（不含）", "Until, exclusive"))
@click.option("--text", help=say("任意内容", "Any text in it"))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1), help=say("最多条数", "At most"))
@json_option
def list_events(
    actor: str | None, table: str | None, row: str | None, since: datetime | None, until: datetime | None, text: str | None,
    limit: int, *, as_json: bool,
) -> None:  # fmt: skip
    """Lists events."""
    books.surroundings().prepare()
    since, until = (None if moment is None else moment.astimezone() for moment in (since, until))
    which = EventFilter(actor=actor, table=table, row=row, since=since, until=until, text=text)
    found = events(which, limit=limit)
    if as_json:
        print_json([asdict(event) for event in found])
        return
    many = count_events(which)
    console.print(say(f"{many} 个事件", f"{many} event{'' if many == 1 else 's'}"))
    for event in found:
        moment, who = event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"), event.actor or f"({event.login})"
        line = f"{event.id}  {moment}  {who}  {event.table} {event.row}  {event.operation}  {event.reason}"
        console.print(line.rstrip(), markup=False, soft_wrap=True, style="bold")
        for mark, changed in (("-", event.before), ("+", event.after)):
            if changed:
                console.print(f"  {mark} {_told(changed)}", markup=False, soft_wrap=True)


@trail.command(help=say("封存尚未封存的事件，显示封存值。", "Seal the events not sealed yet, and show the seal."))
@json_option
def seal(*, as_json: bool) -> None:
    """Seals the trail."""
    books.surroundings().prepare()
    number = seal_trail(actor=CLI)
    head = verify_trail().head
    if as_json:
        print_json({"seal": number, "head": head})
        return
    none = say("没有新事件。", "There are no new events.")
    console.print(none if number is None else say(f"第 {number} 次封存", f"Seal {number}"))
    console.print(head, soft_wrap=True)


@trail.command(help=say("由事件重新计算全部封存。", "Compute every seal again from the events."))
@json_option
def verify(*, as_json: bool) -> None:
    """Verifies the seals; ends with exit status 1 when one is wrong."""
    books.surroundings().prepare()
    found = verify_trail()
    if as_json:
        print_json(asdict(found) | {"ok": not found.faults})
    else:
        counts = say(
            f"{found.seals} 次封存，{found.events} 个事件；已清理 {found.pruned}，未封存 {found.unsealed}",
            f"seals {found.seals}, sealed events {found.events}, pruned {found.pruned}, not sealed yet {found.unsealed}",
        )
        console.print(counts)
        console.print(found.head, soft_wrap=True)
        for fault in found.faults:
            console.print(f"[red]{fault.number}[/] {PROBLEMS[fault.problem]}")
        if not found.faults:
            console.print(f"[green]{say('审计日志完整', 'The trail is whole')}[/]")
    if found.faults:
        raise SystemExit(1)


@trail.command(
    help=say("清理六个月以前的事件（以数据库所有者身份）。", "Let go events over six months old, as the owner.")
)
@click.option("--before", required=True, type=click.DateTime(_TIMES), help=say("此前的事件", "Events before this"))
@click.option("--reason", required=True, help=say("理由", "Why"))
@json_option
def prune(before: datetime, reason: str, *, as_json: bool) -> None:
    """Prunes the trail."""
    books.surroundings().prepare()
    many = prune_trail(before=before.astimezone(), actor=CLI, reason=reason)
    if as_json:
        print_json({"pruned": many})
    else:
        console.print(say(f"已清理 {many} 个事件。", f"{many} events were let go."))


def _told(row: dict[str, object]) -> str:
    told = ", ".join(f"{name}={value}" for name, value in row.items())
    return told if len(told) <= MOST_SHOWN else told[: MOST_SHOWN - 1] + "…"
