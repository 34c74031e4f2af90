"""`tanhui tickets`: questions and problems between the operator and organizations, with deadlines."""

from collections.abc import Sequence
from dataclasses import asdict

import click

from tanhui.flows import work_tickets
from tanhui.participants.organizations import ticket_selectors
from tanhui.participants.organizations.limits import ABOUT, ANSWER_WITHIN, KINDS
from tanhui.participants.organizations.selectors import organization
from tanhui.participants.organizations.types import TicketView
from tanhui.presentation.cli import books
from tanhui.presentation.cli.acting import acting, as_option
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import console, json_option, print_json, print_table

number_argument = click.argument("number", type=int)
text_argument = click.argument("text")


@click.group(help=say("工单：与机构往来，到期升级。", "Tickets with organizations: deadlines, escalation."))
def tickets() -> None:
    """Tickets."""


@tickets.command("open", help=say("向机构 CODE 新开工单。", "Open a ticket with the organization CODE."))
@click.argument("code")
@click.argument("subject")
@text_argument
@click.option(
    "--kind", type=click.Choice(list(KINDS)), default="question", show_default=True, help=say("类别", "Its kind")
)
@click.option(
    "--priority",
    type=click.Choice(list(ANSWER_WITHIN)),
    default="normal",
    show_default=True,
    help=say("优先级", "Its priority"),
)
@click.option(
    "--about",
    nargs=2,
    metavar="WHAT NUMBER",
    help=say("关联：record、run 或 quarantine 及编号", "record, run or quarantine, and its number"),
)
@as_option
@json_option
def open_(
    code: str, subject: str, text: str, kind: str, priority: str, about: tuple[str, str] | None, login: str | None, *, as_json: bool
) -> None:  # fmt: skip
    """Opens a ticket."""
    what, reference = about or ("", "")
    number = work_tickets.open_ticket(
        acting(login), code, subject=subject, text=text, kind=kind, priority=priority, about=what, reference=reference, now=books.now()
    )  # fmt: skip
    if as_json:
        print_json({"ticket": number})
    else:
        console.print(say(f"工单 {number}", f"Ticket {number}"), markup=False)


@tickets.command(help=say("回复工单 NUMBER。", "Reply to the ticket NUMBER."))
@number_argument
@text_argument
@as_option
def reply(number: int, text: str, login: str | None) -> None:
    """Replies."""
    work_tickets.reply_to_ticket(acting(login), number, text, now=books.now())


@tickets.command(help=say("工单 NUMBER 已解决。", "The ticket NUMBER is resolved."))
@number_argument
@text_argument
@as_option
def resolve(number: int, text: str, login: str | None) -> None:
    """Resolves."""
    work_tickets.resolve_ticket(acting(login), number, text, now=books.now())


@tickets.command(help=say("关闭已解决的工单 NUMBER。", "Close the resolved ticket NUMBER."))
@number_argument
@text_argument
@as_option
def close(number: int, text: str, login: str | None) -> None:
    """Closes."""
    work_tickets.close_ticket(acting(login), number, text, now=books.now())


@tickets.command("list", help=say("列出工单，先到期的在前。", "List tickets, the next deadline first."))
@click.option("--organization", "code", help=say("只列该机构", "Of this organization alone"))
@click.option(
    "--state", type=click.Choice(["open", "resolved", "closed"]), help=say("只列该状态", "In this state alone")
)
@click.option("--overdue", is_flag=True, help=say("只列逾期的", "Past their deadline alone"))
@json_option
def list_(code: str | None, state: str | None, *, overdue: bool, as_json: bool) -> None:
    """Lists tickets."""
    acting(None)
    holder = organization(code).id if code else None
    found = ticket_selectors.tickets(organization=holder, state=state, overdue_at=books.now() if overdue else None)
    _show(found, as_json=as_json)


@tickets.command(help=say("工单 NUMBER 及往来。", "The ticket NUMBER with what was written."))
@number_argument
@json_option
def show(number: int, *, as_json: bool) -> None:
    """Shows a ticket."""
    acting(None)
    view, written = ticket_selectors.ticket(number), ticket_selectors.messages(number)
    if as_json:
        print_json({**asdict(view), "messages": [asdict(message) for message in written]})
        return
    _show([view], as_json=False)
    about = f"{tell(ABOUT[view.about])} {view.reference}" if view.about else ""
    console.print(tell(KINDS[view.kind]), about, markup=False)
    columns = [
        (say("时间", "at"), "whole"),
        (say("一方", "side"), "left"),
        (say("经办", "by"), "left"),
        (say("内容", "text"), "left"),
    ]
    print_table(
        "", columns, [(f"{m.at.astimezone():%Y-%m-%d %H:%M}", m.side, f"{m.by} {m.act}", m.text) for m in written]
    )


@tickets.command(
    help=say("把逾期工单升一级；定时运行。", "Raise each overdue ticket by one priority; to be run regularly.")
)
@as_option
@json_option
def escalate(login: str | None, *, as_json: bool) -> None:
    """Escalates."""
    raised = work_tickets.escalate_tickets(acting(login), now=books.now())
    if as_json:
        print_json({"escalated": raised})
    else:
        console.print(say(f"已升级 {len(raised)} 个工单", f"{len(raised)} tickets escalated"), markup=False)


def _show(found: Sequence[TicketView], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(view) for view in found])
        return
    columns = [(say("工单", "no."), "right"), (say("机构", "with"), "left"), (say("主题", "subject"), "left"), (say("优先级", "priority"), "left"), (say("轮到", "turn"), "left"), (say("期限", "due"), "whole")]  # fmt: skip
    rows = [
        (
            view.id, view.organization, view.subject, view.priority, view.turn if view.state == "open" else view.state,
            f"{view.due_at.astimezone():%m-%d %H:%M}",
        )
        for view in found
    ]  # fmt: skip
    print_table(say("工单", "Tickets"), columns, rows)
