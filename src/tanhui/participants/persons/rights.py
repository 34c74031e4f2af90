"""Requests of persons about their data (PIPL 44-50): what was asked, until when an answer is due, and what became of it.

A request is never edited: events follow it, and the last one says how it stands. What it says beyond its kind is sealed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from tanhui.core.text import Text
from tanhui.participants.persons.models import RightsEvent, RightsRequest
from tanhui.participants.persons.sealed import DETAIL
from tanhui.participants.persons.types import refused
from tanhui.support.security.keys.services import seal, unseal
from tanhui.support.security.keys.types import Shredded

KINDS = {
    "access": Text("查阅", "see the data"),
    "export": Text("导出", "export the data"),
    "correct": Text("更正", "correct the data"),
    "close": Text("注销并删除", "close the account and erase"),
    "opt_out": Text("拒绝自动化决策", "opt out of automated decisions"),
    "opt_in": Text("恢复自动化决策", "allow automated decisions again"),
    "explain": Text("说明处理规则", "explain the processing"),
}
DAYS_TO_ANSWER = dict.fromkeys(KINDS, 30) | {"close": 15}
"""Within how many days the operator answers: its own rule, to be set no longer than the law allows."""
ENDED = ("fulfilled", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as it stands. `detail` is what was asked in the person's words or values, None once it is shredded."""

    number: int
    person: int
    kind: str
    subject: str
    detail: str | None
    made_at: datetime
    due_on: date
    event: str
    event_at: datetime
    note: str

    @property
    def ended(self) -> bool:
        """Whether it was dealt with."""
        return self.event in ENDED

    def overdue(self, today: date) -> bool:
        """Whether the answer is late."""
        return not self.ended and today > self.due_on


def make_request(
    person: int, kind: str, *, subject: str = "", detail: str = "", today: date, actor: str, now: datetime
) -> int:
    """The number of a new request, due by the rule of its kind."""
    assert kind in KINDS
    row = RightsRequest.objects.create(
        person_id=person, kind=kind, subject=subject, detail=seal(person, DETAIL, detail) if detail else None, made_at=now,
        due_on=today + timedelta(days=DAYS_TO_ANSWER[kind]),
    )  # fmt: skip
    add_event(row.pk, "made", actor=actor, now=now)
    return int(row.pk)


def add_event(number: int, event: str, *, actor: str, note: str = "", now: datetime) -> None:
    """What happened to a request. Raises `Refusal`: `request_ended` when it has been dealt with."""
    with connection.cursor() as cursor:  # of several at once one is first
        cursor.execute("SELECT pg_advisory_xact_lock(7203025, %s)", [number % 2**31])
    if RightsEvent.objects.filter(request_id=number, event__in=ENDED).exists():
        raise refused("request_ended", n=number)
    try:
        with transaction.atomic():
            RightsEvent.objects.create(request_id=number, event=event, at=now, actor=actor, note=note)
    except IntegrityError as problem:
        raise refused("request_unknown", n=number) from problem


def request(number: int) -> RequestLine:
    """One request as it stands. Raises `Refusal` `request_unknown`."""
    row = RightsRequest.objects.filter(pk=number).first()
    if row is None:
        raise refused("request_unknown", n=number)
    return _lines([row])[0]


def requests(*, person: int | None = None, standing: bool = False) -> list[RequestLine]:
    """The requests of a person, or of all; only those still to be dealt with when `standing`. The first due come first."""
    rows = RightsRequest.objects.order_by("due_on", "id")
    if person is not None:
        rows = rows.filter(person_id=person)
    if standing:
        rows = rows.exclude(pk__in=RightsEvent.objects.filter(event__in=ENDED).values("request_id"))
    return _lines(rows)


def _lines(rows: Iterable[RightsRequest]) -> list[RequestLine]:
    found = list(rows)
    events = RightsEvent.objects.filter(request_id__in=[row.pk for row in found]).order_by("request_id", "-id")
    last = {event.request_id: event for event in events.distinct("request_id")}
    return [
        RequestLine(
            row.pk, row.person_id, row.kind, row.subject, _detail(row), row.made_at, row.due_on, last[row.pk].event,
            last[row.pk].at, last[row.pk].note,
        )
        for row in found
    ]  # fmt: skip


def _detail(row: RightsRequest) -> str | None:
    if row.detail is None:
        return None
    try:
        return unseal(row.person_id, DETAIL, bytes(row.detail))
    except Shredded:
        return None
