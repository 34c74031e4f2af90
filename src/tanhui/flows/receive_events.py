"""Events that machines send, from whatever door, into the books: many senders' small parcels together, each answered.

A parcel is what one request brought. Parcels of one sender are booked as one batch, so that a commit serves many; a strict
parcel is booked by itself, all of it or nothing. Refused and conflicting events are kept, as a file's rows are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count

import msgspec
import numpy as np
from django.db import transaction

from tanhui.flows.record_activities import Prepared, Recorded, Recorder, Sender
from tanhui.participants.persons.services import UNKNOWN, subject_hash
from tanhui.steps.account.selectors import booked_amounts
from tanhui.steps.collect.event_forms import Forms
from tanhui.steps.collect.events import EventBatch, known_part, read_events
from tanhui.steps.collect.identity import record_keys
from tanhui.steps.collect.services import (
    NOT_KEPT,
    UNKEPT,
    Kept,
    begin_run,
    quarantine,
    settle_records,
    without_content,
)
from tanhui.steps.collect.verdicts import ACCEPTED, CONFLICT, DUPLICATE, OUTCOMES, REFUSED, Reason

Raw = bytes | msgspec.Raw
MAPPING = "cloudevents"
"""Where a feed's mapping stands, events have this name."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one request brought: its events in order; a `strict` one is booked as a whole or not at all."""

    events: Sequence[Raw]
    strict: bool = False
    alone: bool = False

    @property
    def by_itself(self) -> bool:
        """Whether it is booked in a batch of its own."""
        return self.strict or self.alone


@dataclass(frozen=True, slots=True)
class Ended:
    """How one event ended: `outcome` is one of OUTCOMES; a duplicate has the figures of the record it repeats."""

    id: str
    outcome: int
    key: bytes = b""
    reduction_mg: int = 0
    credited_mg: int = 0
    points_milli: int = 0
    capped: bool = False
    reason: Reason | None = None
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """How a parcel ended: event by event, and whether it was booked (a strict one with a fault is not)."""

    ended: list[Ended]
    booked: bool = True


@dataclass(frozen=True, slots=True)
class Ready:
    """Parcels read and prepared, to be booked."""

    parcels: Sequence[Parcel]
    events: list[Raw]
    batch: EventBatch
    prepared: Prepared | None

    def linked(self, place: int) -> bool:
        """Whether that event could be read, and its person was known when it was."""
        if self.prepared is None or place not in self.batch.places:
            return False
        return bool(self.prepared.persons[self.batch.places.index(place)] != UNKNOWN)


@dataclass
class Receiver:
    """Takes what one sender sends, batch after batch, each with `prepare` and then `record`."""

    recorder: Recorder
    forms: Forms
    _run: tuple[date, int] | None = field(default=None)

    @property
    def sender(self) -> Sender:
        """Whose events these are."""
        return self.recorder.sender

    def prepare(self, parcels: Sequence[Parcel], *, now: datetime) -> Ready:
        """The parcels read and made ready to be booked together; a strict one comes alone. May go on in another thread."""
        assert len(parcels) == 1 or not any(parcel.by_itself for parcel in parcels)
        events = [event for parcel in parcels for event in parcel.events]
        batch = read_events(events, self.forms)
        prepared = self.recorder.prepare(batch.records, now=now) if batch.places else None
        return Ready(parcels, events, batch, prepared)

    def record(self, ready: Ready, *, now: datetime) -> list[Answer]:
        """Books the parcels and says how each ended, once that is committed."""
        if ready.parcels[0].strict:
            return [self._record_whole(ready, now)]
        ended = self._book(ready, now)
        self._keep(ready, ended, now)
        places = count()
        return [Answer([ended[next(places)] for _ in parcel.events]) for parcel in ready.parcels]

    def _record_whole(self, ready: Ready, now: datetime) -> Answer:
        with transaction.atomic():
            ended = self._book(ready, now)
            if any(one.outcome in {CONFLICT, REFUSED} for one in ended):
                transaction.set_rollback(True)
                return Answer([_not_booked(one) for one in ended], booked=False)
        self._keep(ready, ended, now)
        return Answer(ended)

    def _book(self, ready: Ready, now: datetime) -> list[Ended]:
        return _ended(ready, None if ready.prepared is None else self.recorder.record(ready.prepared, now=now))

    def _keep(self, ready: Ready, ended: list[Ended], now: datetime) -> None:
        """What was not accepted goes to quarantine; what was, and had been there, is settled."""
        accepted = [one.key for one in ended if one.outcome == ACCEPTED]
        settle_records(np.array(accepted, dtype="V16"), now=now)
        bad = [place for place, one in enumerate(ended) if one.outcome in {CONFLICT, REFUSED}]
        if not bad:
            return
        keys = record_keys([ended[place].id for place in bad], partner_id=self.sender.terms.id)
        kept = [self._kept(ready, place, ended[place], key.tobytes()) for place, key in zip(bad, keys, strict=True)]
        quarantine(kept, partner_id=self.sender.terms.id, run_id=self._run_of_day(now), mapping=MAPPING, now=now)

    def _kept(self, ready: Ready, place: int, ended: Ended, key: bytes) -> Kept:
        """The event as it may be kept: where consent is the platform's to obtain, whole for persons who are linked alone."""
        reason, outcome = ended.reason, OUTCOMES[ended.outcome]
        assert reason is not None
        if reason.code not in NOT_KEPT and (not self.sender.by_consent or ready.linked(place)):
            raw = known_part(ready.events[place], self.forms)
            return Kept(0, outcome, reason, raw, record_key=key if ended.id else None)
        code = self.sender.terms.code
        hashed = subject_hash(secret=self.recorder.scheme.secret, namespace=f"record/{code}", subject=ended.id)
        shown = reason if reason.code in NOT_KEPT else replace(reason, text=UNKEPT)
        return without_content(0, outcome, shown, hashed if ended.id else None)

    def _run_of_day(self, now: datetime) -> int:
        """The run that this process's kept events of that day belong to."""
        day = now.date()
        if self._run is None or self._run[0] != day:
            number = begin_run(
                partner_id=self.sender.terms.id, file_name=f"{self.sender.reference} {day}", file_digest="", mapping=MAPPING,
                namespace=self.sender.namespace, now=now,
            )  # fmt: skip
            self._run = day, number
        return self._run[1]


def _ended(ready: Ready, recorded: Recorded | None) -> list[Ended]:
    batch = ready.batch
    ended = [Ended(name, REFUSED, reason=batch.refused.get(place)) for place, name in enumerate(batch.ids)]
    if recorded is None:
        return ended
    reasons, dropped = recorded.verdicts.reasons, batch.dropped
    columns = zip(
        batch.places, recorded.verdicts.outcome.tolist(), recorded.keys.tolist(), recorded.reduction_mg.tolist(),
        recorded.credited_mg.tolist(), recorded.points_milli.tolist(), (recorded.capped_by > 0).tolist(), strict=True,
    )  # fmt: skip
    for record, (place, outcome, key, reduced, credited, milli, capped) in enumerate(columns):
        reason, given = reasons.get(record), dropped.get(place, ())
        ended[place] = Ended(batch.ids[place], outcome, key, reduced, credited, milli, capped, reason, given)
    again = [place for place, one in enumerate(ended) if one.outcome == DUPLICATE]
    if again:
        amounts = booked_amounts(np.array([ended[place].key for place in again], dtype="V16"))
        for place in again:
            one = ended[place]
            ended[place] = Ended(one.id, DUPLICATE, one.key, *amounts[one.key], one.reason, one.dropped)
    return ended


def _not_booked(one: Ended) -> Ended:
    """How an event of a strict parcel that was not booked is told: what would have been has not been."""
    return Ended(
        one.id, one.outcome, one.key if one.outcome == DUPLICATE else b"", reason=one.reason, dropped=one.dropped
    )
