"""`tanhui points`: a person's points held, released, retired, spent, blocked; and the run that expires them."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import click

from tanhui.core.lots import NEVER, net_lots
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.block_points import block_points
from tanhui.flows.expire_points import expire_points
from tanhui.flows.find_person import find_person
from tanhui.flows.use_points import hold_points, release_points, retire_points, spend_points
from tanhui.presentation.cli import books
from tanhui.presentation.cli.figures import figure
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.output import console, json_option, print_json, print_table
from tanhui.presentation.cli.output import points as in_points
from tanhui.steps.account.selectors import statement
from tanhui.steps.points.types import PointsMoved

key_option = click.option("--key", help=say("操作键：同一键只生效一次", "Operation key: the same key has one effect"))
reason_option = click.option("--reason", default="", help=say("理由，记入账目", "Why; kept in the books"))
actor_option = click.option("--actor", default="cli", show_default=True, help=say("经办人", "Who does it"))
amount_option = click.option("--amount", help=say("积分数量，默认全部", "How many points (all)"))
person_argument = click.argument("person")


def _voucher(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (json_option, actor_option, reason_option, key_option):
        command = option(command)
    return command


@click.group(help=say("积分：冻结、解冻、注销、过期。", "Points: hold, release, retire, expire."))
def points() -> None:
    """Points."""


@points.command(help=say("冻结 PERSON 的 AMOUNT 积分。", "Hold AMOUNT points of PERSON."))
@person_argument
@click.argument("amount")
@_voucher
def hold(person: str, amount: str, key: str | None, reason: str, actor: str, *, as_json: bool) -> None:
    """Holds points."""
    number = find_person(person, secret=books.open_books().secret)
    voucher = _given(key, reason, actor)
    _show(hold_points(person_id=number, amount_milli=_milli(amount), **voucher), say("已冻结", "Held"), as_json=as_json)


@points.command(help=say("直接注销 PERSON 的 AMOUNT 积分。", "Retire AMOUNT points of PERSON at once."))
@person_argument
@click.argument("amount")
@_voucher
def spend(person: str, amount: str, key: str | None, reason: str, actor: str, *, as_json: bool) -> None:
    """Spends points."""
    number = find_person(person, secret=books.open_books().secret)
    voucher = _given(key, reason, actor)
    done = spend_points(person_id=number, amount_milli=_milli(amount), **voucher)
    _show(done, say("已注销", "Retired"), as_json=as_json)


@points.command(help=say("解冻 HOLD，退回原批次。", "Release HOLD to the lots it came from."))
@click.argument("hold", type=click.UUID)
@amount_option
@_voucher
def release(hold: UUID, amount: str | None, key: str | None, reason: str, actor: str, *, as_json: bool) -> None:
    """Releases a hold."""
    books.open_books()
    voucher = _given(key, reason, actor)
    done = release_points(hold=hold, amount_milli=_milli(amount) if amount else None, **voucher)
    _show(done, say("已解冻", "Released"), as_json=as_json)


@points.command(help=say("注销 HOLD 冻结的积分。", "Retire what HOLD holds."))
@click.argument("hold", type=click.UUID)
@amount_option
@_voucher
def retire(hold: UUID, amount: str | None, key: str | None, reason: str, actor: str, *, as_json: bool) -> None:
    """Retires a hold."""
    books.open_books()
    voucher = _given(key, reason, actor)
    done = retire_points(hold=hold, amount_milli=_milli(amount) if amount else None, **voucher)
    _show(done, say("已注销", "Retired"), as_json=as_json)


@points.command(help=say("过期：截至某日不再有效的积分。", "Expire the points no longer valid on a day."))
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help=say("日期，默认今天", "The day (today)"))
@key_option
@actor_option
@json_option
def expire(on: datetime | None, key: str | None, actor: str, *, as_json: bool) -> None:
    """Expires points."""
    books.open_books()
    day, done = expire_points(on=on.date() if on else None, key=key or str(uuid4()), actor=actor, now=books.now())
    if as_json:
        print_json({"on": day.isoformat(), **asdict(done)})
    else:
        amount = in_points(done.milli)
        console.print(
            say(f"{done.persons:,} 人的 {amount} 积分已过期。", f"{amount} points of {done.persons:,} persons expired.")
        )


@points.command(help=say("PERSON 的积分批次。", "The lots of PERSON's points."))
@person_argument
@json_option
def lots(person: str, *, as_json: bool) -> None:
    """Lists the lots."""
    number = find_person(person, secret=books.open_books().secret)
    found = statement(number)
    booked = found.lots if found else ()
    usable = dict(net_lots(booked))
    rows = [(day, milli, usable.get(day, 0)) for day, milli in booked]
    if as_json:
        print_json([{"expires_on": _day(day), "points_milli": milli, "usable_milli": net} for day, milli, net in rows])
        return
    columns = [(say("到期", "expires on"), "left"), (say("积分", "points"), "right"), (say("可用", "usable"), "right")]
    never = say("永不", "never")
    print_table(f"P{number}", columns, [(_day(day) or never, in_points(m), in_points(n)) for day, m, n in rows])


@points.command(help=say("冻结 PERSON 的账户，不得使用积分。", "Block PERSON's points."))
@person_argument
@_voucher
def block(person: str, key: str | None, reason: str, actor: str, *, as_json: bool) -> None:
    """Blocks an account."""
    _block(person, key, reason, actor, blocked=True, as_json=as_json)


@points.command(help=say("解除 PERSON 账户的冻结。", "Free PERSON's points."))
@person_argument
@_voucher
def unblock(person: str, key: str | None, reason: str, actor: str, *, as_json: bool) -> None:
    """Frees an account."""
    _block(person, key, reason, actor, blocked=False, as_json=as_json)


def _block(person: str, key: str | None, reason: str, actor: str, *, blocked: bool, as_json: bool) -> None:
    number = find_person(person, secret=books.open_books().secret)
    account = block_points(person_id=number, blocked=blocked, **_given(key, reason, actor))
    if as_json:
        print_json({"person": f"P{number}", "blocked": account.blocked})
    else:
        console.print(f"P{number} " + (say("已冻结", "blocked") if account.blocked else say("未冻结", "not blocked")))


def _given(key: str | None, reason: str, actor: str) -> dict[str, Any]:
    return {"key": key or str(uuid4()), "reason": reason, "actor": actor, "now": books.now()}


def _show(done: PointsMoved, what: str, *, as_json: bool) -> None:
    if as_json:
        lots_moved = [{"expires_on": _day(day), "points_milli": milli} for day, milli in done.lots]
        print_json(asdict(done) | {"person_id": f"P{done.person_id}", "lots": lots_moved})
        return
    repeated = say("（先前已完成）", " (done before)") if done.repeated else ""
    console.print(f"P{done.person_id} {what} {in_points(done.amount_milli)}{repeated}  [dim]{done.operation}[/]")


def _day(day: date) -> str | None:
    return None if day == NEVER else day.isoformat()


def _milli(written: str) -> int:
    try:
        milli = figure(written) * 1000
    except (ValueError, ZeroDivisionError) as problem:
        text = Text("“{v}”不是数字。", "“{v}” is not a number.").format(v=written)
        raise Refusal("not_a_number", text, field="amount") from problem
    if milli.denominator != 1:
        text = Text("积分最多三位小数。", "Points have three decimals at most.")
        raise Refusal("amount_too_fine", text, field="amount")
    return int(milli)
