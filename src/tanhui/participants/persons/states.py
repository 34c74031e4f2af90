"""The states of an account, and what each allows; the steps between them are the database's to take or refuse.

| state | spend points | records are booked | link, consent | sign in |
|---|---|---|---|---|
| active | yes | yes | yes | yes |
| frozen | no | yes | withdraw only | yes |
| closing | yes, to use them up | no | withdraw only | yes, to cancel |
| closed | no | no | no | no |
"""

from datetime import datetime

from django.db import DatabaseError, connection, transaction
from psycopg import DatabaseError as Problem

from tanhui.participants.persons.models import StateChange
from tanhui.participants.persons.types import COOLING_OFF, State, refused


def hold_person(person: int) -> State:
    """The person's state, which stays so until the transaction ends. Raises `Refusal` `person_unknown`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT persons_hold(%s)", [person])
        (state,) = cursor.fetchone()
    if state is None:
        raise refused("person_unknown", p=person)
    found: State = state
    return found


def change_state(person: int, to: State, *, reason: str, actor: str, now: datetime) -> None:
    """Takes an account from the state it is in to another; the time to think it over begins with `closing`.

    Raises `Refusal`: `person_unknown`, `state_refused`, `cooling_off`, `reason_missing`.
    """
    if not reason.strip():
        raise refused("reason_missing")
    state = hold_person(person)
    until = now + COOLING_OFF if to == "closing" else None
    try:
        with transaction.atomic():
            StateChange.objects.create(
                person_id=person, from_state=state, to_state=to, until=until, at=now, actor=actor, reason=reason
            )
    except DatabaseError as problem:
        match problem.__cause__:
            case Problem(sqlstate="TH011"):
                raise refused("state_refused", s=state) from problem
            case Problem(sqlstate="TH012"):
                raise refused("cooling_off", d=_end_of(person)) from problem
        raise


def _end_of(person: int) -> str:
    last = StateChange.objects.filter(person_id=person, to_state="closing").latest("id")
    assert last.until is not None
    return str(last.until.date())
