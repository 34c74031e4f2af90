"""Booking out points past their day (7.4), for many persons at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from uuid import UUID

import numpy as np

from tanhui.steps.points.operations import begin
from tanhui.support.ledger import services as ledger
from tanhui.support.ledger.transfers import expiring_lots, holders_with_points
from tanhui.support.ledger.types import Move

SPAN = 5_000


@dataclass(frozen=True, slots=True)
class Expired:
    """How many persons' points expired, in how many lots, and how many thousandths of a point."""

    persons: int = 0
    lots: int = 0
    milli: int = 0

    def __add__(self, other: "Expired") -> "Expired":
        return Expired(self.persons + other.persons, self.lots + other.lots, self.milli + other.milli)


def expire_span(*, run: UUID, span: int, on: date, actor: str, now: datetime) -> Expired:
    """Books out all lots whose first invalid day is `on` or before, of the persons numbered `span`·5000 and on.

    Only net points expire: those that pay a debt have been used (see `core.lots`). Each point expires once, as nothing of its
    lot is left then. Within one run a span is done once. The accounts are held until the transaction ends.
    """
    first = span * SPAN
    persons = holders_with_points(first=first, end=first + SPAN)
    moves = expiring_lots(persons, on=on) if len(persons) else []
    if not moves or not begin(
        key=_key(run, span),
        kind="expire",
        content=(run.hex, span, on.isoformat()),
        reason=f"{on}",
        actor=actor,
        now=now,
    ):
        return Expired()
    ledger.post_transfers(operation=_key(run, span), moves=moves)
    return _sum(moves)


def _key(run: UUID, span: int) -> UUID:
    return UUID(bytes=blake2b(run.bytes + span.to_bytes(8, "big", signed=True), digest_size=16).digest())


def _sum(moves: Sequence[Move]) -> Expired:
    persons = np.unique(np.array([one.person_id for one in moves], dtype=np.int64))
    return Expired(len(persons), len(moves), sum(one.amount_milli for one in moves))
