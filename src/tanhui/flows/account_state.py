"""An account frozen and freed, closed after a time to think it over, or kept after all (6.5; PIPL 47).

Closing: holds must be settled first; points that are left are forfeited by an operation of the ledger; links and identity go, the
person's key is shredded, and the number stays in the books as nobody's name. All of it or nothing, once.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from tanhui.core.refusal import Refusal
from tanhui.flows.attempts import in_transaction
from tanhui.participants.persons.guardians import wards_of
from tanhui.participants.persons.rights import add_event, make_request, requests
from tanhui.participants.persons.selectors import due_to_close
from tanhui.participants.persons.states import change_state, hold_person
from tanhui.participants.persons.types import refused
from tanhui.steps.account.corrections import moment
from tanhui.steps.account.services import local_day
from tanhui.steps.points.forfeit import forfeit_points
from tanhui.steps.points.operations import held_account, operation_key
from tanhui.support.security.keys.services import prepare_keys, shred

FORFEITED = "forfeited on closing"


def freeze(person: int, *, reason: str, actor: str, now: datetime) -> None:
    """Nothing of the person's points is spent until the account is freed. Raises `Refusal`: `state_refused`, `reason_missing`."""
    in_transaction(partial(change_state, person, "frozen", reason=reason, actor=actor, now=now))


def unfreeze(person: int, *, reason: str, actor: str, now: datetime) -> None:
    """Frees a frozen account. Raises as `freeze`."""
    in_transaction(partial(_back, person, "frozen", reason, actor, now))


def begin_closing(person: int, *, reason: str, actor: str, now: datetime) -> int:
    """The time to think it over begins: nothing new is booked, points may still be used up. Says the request's number.

    Raises `Refusal`: `state_refused` (a frozen account is not closed before the matter is settled), `guardian_of_others`.
    """
    return in_transaction(partial(_begin, person, reason, actor, now))


def keep_account(person: int, *, reason: str, actor: str, now: datetime) -> None:
    """The person has thought better of it: the account is active again, as it was. Raises `Refusal` `state_refused`."""
    in_transaction(partial(_keep, person, reason, actor, now))


def close_account(person: int, *, reason: str, actor: str, now: datetime) -> int:
    """Closes an account for good, after the time to think it over, and says how many thousandths of a point were forfeited.

    Raises `Refusal`: `state_refused`, `cooling_off`, `holds_pending`, `guardian_of_others`.
    """
    prepare_keys()
    return in_transaction(partial(_close, person, reason, actor, now))


def close_due_accounts(*, actor: str, now: datetime) -> Iterator[tuple[int, int | Refusal]]:
    """The daily run: closes whose time has come. Per person what was forfeited, or why the account could not be closed yet."""
    for person in due_to_close(now=now):
        try:
            yield person, close_account(person, reason="the time to think it over has passed", actor=actor, now=now)
        except Refusal as refusal:
            yield person, refusal


def _back(person: int, state: str, reason: str, actor: str, now: datetime) -> None:
    if hold_person(person) != state:
        raise refused("state_refused", s=hold_person(person))
    change_state(person, "active", reason=reason, actor=actor, now=now)


def _begin(person: int, reason: str, actor: str, now: datetime) -> int:
    if wards_of(person):
        raise refused("guardian_of_others")
    change_state(person, "closing", reason=reason, actor=actor, now=now)
    return make_request(person, "close", today=local_day(moment(now)), actor=actor, now=now)


def _keep(person: int, reason: str, actor: str, now: datetime) -> None:
    _back(person, "closing", reason, actor, now)
    for one in requests(person=person, standing=True):
        if one.kind == "close":
            add_event(one.number, "withdrawn", actor=actor, note=reason, now=now)


def _close(person: int, reason: str, actor: str, now: datetime) -> int:
    if wards_of(person):
        raise refused("guardian_of_others")
    if held_account(person).held_milli:
        raise refused("holds_pending")
    key = closing_key(person)
    forfeited = forfeit_points(key=key, person_id=person, reason=FORFEITED, actor=actor, now=now)
    for one in requests(person=person, standing=True):
        event = "fulfilled" if one.kind == "close" else "withdrawn"
        add_event(one.number, event, actor=actor, note=reason, now=now)
    change_state(person, "closed", reason=reason, actor=actor, now=now)
    shred(person, now=now)
    return forfeited


def closing_key(person: int) -> UUID:
    """The key of the operation by which a person's points are forfeited: there is one closing, so there is one."""
    return operation_key(f"closing P{person}")
