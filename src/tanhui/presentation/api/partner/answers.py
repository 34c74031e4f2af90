"""What is answered about records: one by one, in their order, in a form made for machines."""

from collections.abc import Iterable
from typing import Any

import msgspec

from tanhui.flows.receive_events import Answer, Ended
from tanhui.steps.collect.verdicts import ACCEPTED, OUTCOMES, Reason

_WHERE = {"occurred_at": "time", "record_id": "id"}
_ATTRIBUTES = frozenset({"id", "source", "specversion", "type", "subject", "time", "data"})
encode = msgspec.json.Encoder().encode


class Why(msgspec.Struct, omit_defaults=True):
    """Why a record was not accepted: the field of the event at fault, and a sentence in both languages."""

    code: str
    zh: str
    en: str
    field: str = ""


class Notice(msgspec.Struct):
    """Something that a partner should know of a record that was accepted."""

    code: str
    fields: list[str]
    zh: str
    en: str


class Result(msgspec.Struct, omit_defaults=True):
    """How one record ended. What it brought is told of those that are booked (`accepted`, `duplicate`)."""

    id: str
    status: str
    key: str | msgspec.UnsetType = msgspec.UNSET
    reduction_mg: int | msgspec.UnsetType = msgspec.UNSET
    credited_mg: int | msgspec.UnsetType = msgspec.UNSET
    points_milli: int | msgspec.UnsetType = msgspec.UNSET
    capped: bool | msgspec.UnsetType = msgspec.UNSET
    reason: Why | None = None
    notices: list[Notice] | None = None


def result(one: Ended) -> Result:
    """How that event ended."""
    status = OUTCOMES[one.outcome]
    reason = None if one.reason is None else why(one.reason)
    notices = [_dropped(one.dropped)] if one.dropped else None
    if one.outcome > 1 or not one.key:
        return Result(one.id, status, reason=reason, notices=notices)
    key = one.key.hex()
    written = f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"
    return Result(
        one.id, status, written, one.reduction_mg, one.credited_mg, one.points_milli, one.capped, reason, notices
    )


def results(answer: Answer) -> list[Result]:
    """How the events of a request ended."""
    return [result(one) for one in answer.ended]


def counts(ended: Iterable[Ended]) -> dict[str, int]:
    """How many ended in each way."""
    many = [0, 0, 0, 0]
    for one in ended:
        many[one.outcome] += 1
    return dict(zip(OUTCOMES, many, strict=True))


def why(reason: Reason) -> Why:
    """The reason, with the field named as the event has it."""
    field = _WHERE.get(reason.field, reason.field)
    if field and field not in _ATTRIBUTES:
        field = f"data.{field}"
    return Why(reason.code, reason.text.zh, reason.text.en, field)


def reason_members(reason: Reason) -> dict[str, Any]:
    """The reason as a member of a problem."""
    members: dict[str, Any] = msgspec.to_builtins(why(reason))
    return members


def is_accepted(one: Ended) -> bool:
    """Whether it was booked now."""
    return one.outcome == ACCEPTED


def _dropped(fields: tuple[str, ...]) -> Notice:
    named = ", ".join(fields)
    return Notice(
        "fields_dropped", [f"data.{name}" for name in fields],
        f"未使用也未保存这些字段：{named}。", f"These fields are not used and were not kept: {named}.",
    )  # fmt: skip
