"""`tanhui account`: a person's balance in both units, the statement by month and behavior, the lots of points."""

from datetime import UTC, datetime
from typing import Any

import click

from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.find_person import find_person
from tanhui.participants.persons.selectors import person_state
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import console, json_option, kilograms, points, print_json, print_table
from tanhui.presentation.cli.person import STATES
from tanhui.steps.account.selectors import Statement, recent_records, statement
from tanhui.steps.identify.behaviors import behaviors

RECENT = 5


@click.command(
    help=say(
        "个人碳账户：余额、按月对账单、积分批次。PERSON 为 P 编号或合作方的用户标识。",
        "A carbon account: balance, monthly statement, lots of points. PERSON is P<number> or a partner's user id.",
    )
)
@click.argument("person")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help=say("截至该时刻入账的内容（UTC）", "As booked up to that moment (UTC)"),
)
@json_option
def account(person: str, at: datetime | None, *, as_json: bool) -> None:
    """Shows one account."""
    scheme = books.open_books()
    number = find_person(person, secret=scheme.secret)
    show_account(number, until=at.replace(tzinfo=UTC) if at else None, as_json=as_json)


def show_account(number: int, *, until: datetime | None = None, as_json: bool = False) -> None:
    """Prints one account. Raises `Refusal` when the person has none."""
    found = statement(number, until=until)
    if found is None:
        text = Text("用户 P{n} 没有碳账户。", "Person P{n} has no carbon account.").format(n=number)
        raise Refusal("account_unknown", text, field="person")
    answer = as_document(number, found, until)
    if as_json:
        print_json(answer)
    else:
        _print(answer, found)


def as_document(number: int, found: Statement, until: datetime | None) -> Json:
    """The account as one JSON object."""
    codes = {behavior.number: behavior.code for behavior in behaviors()}
    balance = found.balance
    return {
        "person": f"P{number}", "reduction_mg": balance.reduction_mg, "points_milli": balance.available_milli,
        "held_milli": balance.held_milli, "blocked": balance.blocked, "state": person_state(number), "records": balance.postings,
        "until": until.isoformat() if until else None, "reduction_mg_until": found.credited_mg,
        "points_milli_until": found.available_milli, "held_milli_until": found.held_milli,
        "statement": [
            {
                "month": line.month, "behavior": codes[line.behavior], "number": line.behavior, "records": line.records,
                "reduction_mg": line.reduction_mg, "credited_mg": line.credited_mg, "points_milli": line.points_milli,
            }
            for line in found.lines
        ],
        "lots": [{"expires_on": day.isoformat(), "points_milli": milli} for day, milli in found.lots],
        "recent": [_recent(row, codes) for row in recent_records(number, limit=RECENT)],
    }  # fmt: skip


def _recent(row: dict[str, Any], codes: dict[int, str]) -> Json:
    return {
        "record": str(row["key"]), "occurred_at": row["occurred_at"].isoformat(), "behavior": codes[row["behavior"]],
        "reduction_mg": row["reduction_mg"], "credited_mg": row["credited_mg"], "points_milli": row["points_milli"],
    }  # fmt: skip


def _print(answer: Json, found: Statement) -> None:
    names = {behavior.number: tell(behavior.name) for behavior in behaviors()}
    held = points(answer["held_milli"])
    console.print(
        f"[bold]{answer['person']}[/]  {kilograms(answer['reduction_mg'])} kg CO2e  ·  {points(answer['points_milli'])} "
        + say("积分", "points")
        + (say(f"（冻结 {held}）", f" ({held} held)") if answer["held_milli"] else "")
    )
    if answer["state"] != "active":
        console.print(say(f"账户状态：{say(*STATES[answer['state']])}", f"The account is {answer['state']}"))
    if answer["until"]:
        console.print(
            say(f"截至 {answer['until']}：", f"As of {answer['until']}: ")
            + f"{kilograms(answer['reduction_mg_until'])} kg CO2e  ·  {points(answer['points_milli_until'])} "
            + say("积分", "points")
        )
    columns = [
        (say("月份", "month"), "left"),
        (say("行为", "behavior"), "left"),
        (say("记录", "records"), "right"),
        ("kg CO2e", "right"),
        (say("积分", "points"), "right"),
    ]
    rows = [
        (line.month, names[line.behavior], line.records, kilograms(line.credited_mg), points(line.points_milli))
        for line in found.lines
    ]
    print_table("", columns, rows)
    lots = "  ".join(f"{points(milli)} → {day}" for day, milli in found.lots)
    console.print(f"[dim]{say('积分批次及到期日：', 'lots and when they expire: ')}{lots}[/]")
    for row in answer["recent"][:1]:
        console.print(f"[dim]{say('最近一条记录：', 'latest record: ')}tanhui explain {row['record']}[/]")
