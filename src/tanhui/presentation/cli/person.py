"""`tanhui person`: a person shown masked, an account frozen, freed and closed, a field revealed with a reason; the daily run."""

from collections.abc import Callable
from typing import Any

import click

from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.flows.account_state import (
    begin_closing,
    close_account,
    close_due_accounts,
    freeze,
    keep_account,
    unfreeze,
)
from tanhui.flows.find_person import find_person
from tanhui.flows.reveal_person import reveal
from tanhui.flows.tidy_persons import tidy_persons
from tanhui.participants.persons.reveals import FIELDS
from tanhui.participants.persons.selectors import person_state, profile
from tanhui.participants.persons.types import Profile, refused
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.output import console, json_option, points, print_json

STATES = {
    "active": ("正常", "active"), "frozen": ("已冻结", "frozen"), "closing": ("注销冷静期", "closing"), "closed": ("已注销", "closed"),
}  # fmt: skip
person_argument = click.argument("person")
reason_option = click.option("--reason", required=True, help=say("理由，留存备查", "Why; kept"))
actor_option = click.option("--actor", default="cli", show_default=True, help=say("经办人", "Who does it"))


@click.group(help=say("用户：查看、冻结、注销、显示被遮盖的字段。", "A person: show, freeze, close, reveal."))
def person() -> None:
    """Persons."""


@person.command(help=say("PERSON 的状态与（遮盖的）身份。", "The state of PERSON and, masked, who it is."))
@person_argument
@json_option
def show(person: str, *, as_json: bool) -> None:
    """Shows a person."""
    found = profile(find_person(person, secret=books.open_books().secret))
    assert found is not None
    answer = _document(found)
    if as_json:
        print_json(answer)
        return
    until = found.state_until.date() if found.state_until else ""
    console.print(f"[bold]{answer['person']}[/]  {say(*STATES[found.state])} {until}")
    for name in ("phone", "real_name", "id_number"):
        console.print(f"  {name:10} {answer[name] or say('未登记', 'not known')}")
    if found.guardian is not None:
        console.print(say(f"  监护人 P{found.guardian}", f"  guardian P{found.guardian}"))
    if found.wards:
        console.print(f"  {say('被监护人', 'guardian of')} {', '.join(f'P{ward}' for ward in found.wards)}")


def _step(name: str, zh: str, en: str, flow: Callable[..., Any]) -> None:
    @person.command(name, help=say(zh, en))
    @person_argument
    @reason_option
    @actor_option
    @json_option
    def command(person: str, reason: str, actor: str, *, as_json: bool) -> None:
        number = find_person(person, secret=books.open_books().secret)
        flow(number, reason=reason, actor=actor, now=books.now())
        _say_state(number, as_json=as_json)


_step("freeze", "冻结 PERSON 的账户，不得使用积分。", "Freeze PERSON's account: no points are spent.", freeze)
_step("unfreeze", "解除 PERSON 账户的冻结。", "Free PERSON's account.", unfreeze)
_step("keep", "撤回 PERSON 的注销申请。", "Keep PERSON's account after all.", keep_account)


@person.command(
    help=say(
        "注销 PERSON 的账户：先进入冷静期，期满后再次执行即注销。",
        "Close PERSON's account: the time to think it over begins; once it is over, this closes for good.",
    )
)
@person_argument
@reason_option
@actor_option
@json_option
def close(person: str, reason: str, actor: str, *, as_json: bool) -> None:
    """Begins to close an account, or closes it when its time has come."""
    number, now = find_person(person, secret=books.open_books().secret), books.now()
    flow = close_account if person_state(number) == "closing" else begin_closing
    flow(number, reason=reason, actor=actor, now=now)
    _say_state(number, as_json=as_json)


@person.command(
    "reveal", help=say("显示 PERSON 被遮盖的字段，留存记录。", "Show what is masked of PERSON; this is kept.")
)
@person_argument
@click.argument("field", type=click.Choice(list(FIELDS)))
@reason_option
@actor_option
@json_option
def show_in_clear(person: str, field: str, reason: str, actor: str, *, as_json: bool) -> None:
    """Shows a field in clear."""
    number = find_person(person, secret=books.open_books().secret)
    value = reveal(number, field=field, actor=actor, reason=reason, now=books.now())
    if as_json:
        print_json({"person": f"P{number}", field: value})
    else:
        console.print(value or say("未登记", "not known"), markup=False)


@person.command(help=say("每日任务：注销冷静期已满的账户，清除无用的验证码与会话。", "The daily run: closes accounts whose time has come, forgets old codes and sessions."))  # fmt: skip
@actor_option
@json_option
def daily(actor: str, *, as_json: bool) -> None:
    """Does what is due today."""
    books.open_books()
    now = books.now()
    done = list(close_due_accounts(actor=actor, now=now))
    forgotten = tidy_persons(now=now)
    if as_json:
        closed = [{"person": f"P{who}", **_outcome(what)} for who, what in done]
        print_json({"closed": closed, "forgotten": forgotten})
        return
    for who, what in done:
        text = say(*_told(what))
        console.print(f"P{who} {text}", markup=False)
    console.print(say(f"清除 {forgotten} 行", f"{forgotten} rows forgotten"))


def _outcome(what: int | Refusal) -> Json:
    return {"refused": what.code} if isinstance(what, Refusal) else {"forfeited_milli": what}


def _told(what: int | Refusal) -> tuple[str, str]:
    if isinstance(what, Refusal):
        return what.text.zh, what.text.en
    return f"已注销，{points(what)} 积分作废", f"closed, {points(what)} points forfeited"


def _say_state(number: int, *, as_json: bool) -> None:
    found = profile(number)
    if found is None:
        raise refused("person_unknown", p=number)
    if as_json:
        print_json(_document(found))
    else:
        until = found.state_until.date() if found.state_until else ""
        console.print(f"P{number} {say(*STATES[found.state])} {until}")


def _document(found: Profile) -> Json:
    return {
        "person": f"P{found.person}", "state": found.state,
        "state_until": found.state_until.isoformat() if found.state_until else None, "registered": found.registered,
        "phone": found.phone, "real_name": found.real_name, "id_number": found.id_number,
        "verified_at": found.verified_at.isoformat() if found.verified_at else None,
        "guardian": None if found.guardian is None else f"P{found.guardian}", "wards": [f"P{ward}" for ward in found.wards],
    }  # fmt: skip
