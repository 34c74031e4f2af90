"""From CloudEvents to checked records: what a partner's machine sends, by HTTP, MQTT or a queue, whatever brought it.

An event is a CloudEvent 1.0 in JSON: `id` is the partner's record id, `subject` its user id, `time` when the act happened,
and `data` says which behavior it was and how much, each field in its own unit. Numbers are taken as they are written, as in
files (`numbers`), so that both doors give the same grams. One bad event is refused by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from tanhui.core.methodology import EVIDENCE_LEVELS
from tanhui.steps.collect.columns import ActivityColumns, Columns
from tanhui.steps.collect.event_faults import ATTRIBUTES, LONGEST_NAME, SPECVERSION, TYPE, fault_of
from tanhui.steps.collect.event_forms import BadField, Form, Forms, Reading
from tanhui.steps.collect.verdicts import Reason
from tanhui.steps.quantify.services import RecordGroup

LONGEST_EVENT = 65_536
"""Bytes of one event."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
EVIDENCE_NUMBERS: dict[str, int] = {level: number for number, level in enumerate(EVIDENCE_LEVELS)}
Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]


class Event(msgspec.Struct, frozen=True, gc=False):
    """A CloudEvent of an activity; other attributes, which CloudEvents allows, are passed over."""

    specversion: Literal["1.0"]
    id: Name
    source: Name
    type: Literal["tanhui.activity.recorded.v1"]
    subject: Name
    time: Annotated[datetime, Meta(tz=True)]
    data: dict[str, Any]


assert (SPECVERSION, TYPE) == ("1.0", "tanhui.activity.recorded.v1")
_decode = msgspec.json.Decoder(Event, float_hook=str).decode
_decode_any = msgspec.json.Decoder(float_hook=str).decode


@dataclass(frozen=True)
class EventBatch:
    """Events read: `records` as files give them, their `places` among the events, and why the others are none.

    `ids` has each event's record id, "" where it has none; `dropped` the fields that nobody asked for, by place.
    """

    records: ActivityColumns
    places: list[int]
    ids: list[str]
    refused: dict[int, Reason] = field(default_factory=dict)
    dropped: dict[int, tuple[str, ...]] = field(default_factory=dict)


def read_events(events: Sequence[bytes | msgspec.Raw], forms: Forms) -> EventBatch:
    """The events as records; `forms` says what each behavior asks for."""
    ids: list[str] = []
    good: list[tuple[int, Event, Form, Reading]] = []
    refused: dict[int, Reason] = {}
    dropped: dict[int, tuple[str, ...]] = {}
    for place, raw in enumerate(events):
        try:
            event = _decode(raw)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            document = _document(raw)
            ids.append(_id(document))
            refused[place] = fault_of(document)
            continue
        ids.append(event.id)
        try:
            form = forms.of(event.data.get("behavior"))
            reading = form.read(event.data, event.time)
        except BadField as bad:
            refused[place] = bad.reason
            continue
        good.append((place, event, form, reading))
        if reading.dropped:
            dropped[place] = reading.dropped
    return EventBatch(_records(good), [place for place, *_ in good], ids, refused, dropped)


def known_part(raw: bytes | msgspec.Raw, forms: Forms) -> str:
    """The event as it may be kept: JSON without what nobody asked for; what is no event at all as the line it is."""
    document = _document(raw)
    if not isinstance(document, dict):
        return msgspec.json.encode({"line": bytes(raw)[:LONGEST_EVENT].decode("utf-8", "replace")}).decode()
    kept = {name: document[name] for name in ATTRIBUTES if name in document}
    if isinstance(data := kept.get("data"), dict):
        kept["data"] = {name: value for name, value in data.items() if name in forms.names}
    return msgspec.json.encode(kept).decode()


def _document(raw: bytes | msgspec.Raw) -> object:
    try:
        return _decode_any(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _id(document: object) -> str:
    found = document.get("id") if isinstance(document, dict) else None
    return found if isinstance(found, str) and len(found) <= LONGEST_NAME else ""


def _records(good: list[tuple[int, Event, Form, Reading]]) -> ActivityColumns:
    many = len(good)
    names = dict.fromkeys(name for *_, reading in good for name in reading.steps)
    groups: dict[RecordGroup, int] = {}
    kinds: dict[tuple[object, ...], int] = {}
    group = np.empty(many, dtype=np.int64)
    steps = {name: np.zeros(many, dtype=np.int64) for name in names}
    given = {name: np.zeros(many, dtype=np.bool_) for name in names}
    columns = np.empty((4, many), dtype=np.int64)
    for record, (_, event, form, reading) in enumerate(good):
        kind = form.behavior, reading.region, reading.variant, *reading.steps
        number = kinds.get(kind)
        if number is None:
            alike = RecordGroup(form.behavior, reading.region, reading.variant, frozenset(reading.steps))
            number = kinds[kind] = groups.setdefault(alike, len(groups))
        group[record] = number
        for name, value in reading.steps.items():
            steps[name][record], given[name][record] = value, True
        columns[:, record] = (
            (event.time - _EPOCH) // _MICROSECOND, reading.duration_s, form.behavior, EVIDENCE_NUMBERS[reading.evidence],
        )  # fmt: skip
    households = [reading.household for *_, reading in good]
    return ActivityColumns.of(
        Columns(
            record_ids=[event.id for _, event, _, _ in good], subjects=[event.subject for _, event, _, _ in good],
            households=[name or "" for name in households] if any(households) else None,
            occurred_at=columns[0], duration_s=columns[1], behaviors=columns[2], evidence=columns[3], steps=steps, given=given,
        ),
        list(groups), group,
    )  # fmt: skip
