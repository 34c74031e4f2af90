"""Corrections of the carbon account: a record is taken back by its exact negative, and what is right is booked anew.

Nothing is edited (decision 4). The reversal and the replacement carry all that the record carried but the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tanhui.steps.account.ledger import read_state
from tanhui.support.ledger import services as ledger
from tanhui.support.ledger.types import POSTING_COLUMNS, REPLACEMENT, REVERSAL, BatchHead

Posting = Mapping[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is right: whole steps of each quantity, and what follows from them."""

    quantities: tuple[int, int, int]
    reduction_mg: int
    credited_mg: int
    points_milli: int
    capped_by: int


def begin_correction(*, key: UUID, content: int, reason: str, actor: str, now: datetime) -> bool:
    """Whether this correction is new. Raises `OperationConflict` when the record was corrected in another way."""
    return ledger.begin_operation(key=key, kind="correct", content=content, reason=reason, actor=actor, now=now)


def take_back_record(
    original: Posting, *, reversal: UUID, replacement: UUID | None, reason: str, actor: str, now: datetime
) -> int:
    """Books the exact negative of a record, and says the batch it is in. The account is held until the transaction ends.

    Its points are another matter: `steps.points` claws them back. Raises `Crowded` when the record was taken back already.
    """
    ledger.mark_reversed(
        key=reversal, reverses=original["key"], replaced_by=replacement, reason=reason, actor=actor, now=now
    )
    batch_id = ledger.open_batch(BatchHead(original["partner_id"], "correction", str(original["key"]), now))
    _post(
        original, batch_id, key=reversal, kind=REVERSAL, reduction_mg=-original["reduction_mg"],
        credited_mg=-original["credited_mg"], points_milli=0, capped_by=0,
    )  # fmt: skip
    return batch_id


def book_replacement(original: Posting, figures: Figures, *, replacement: UUID, batch_id: int) -> None:
    """Books what should have stood, of the same person, time, place and coefficient, its points in the record's own lot."""
    quantities = {f"quantity_{place}": steps for place, steps in enumerate(figures.quantities, start=1)}
    _post(
        original, batch_id, key=replacement, kind=REPLACEMENT, reduction_mg=figures.reduction_mg,
        credited_mg=figures.credited_mg, points_milli=figures.points_milli, capped_by=figures.capped_by, **quantities,
    )  # fmt: skip


def moment(at: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _post(original: Posting, batch_id: int, **changed: Any) -> None:
    state = read_state(np.array([original["person_id"]], dtype=np.int64), hold=True)
    row = {**original, **changed, "batch_id": batch_id, "sequence": int(state.accounts.postings[0]) + 1}
    ledger.post_records({name: _column(row[name]) for name, _ in POSTING_COLUMNS})


def _column(value: UUID | datetime | date | int) -> NDArray[np.generic]:
    match value:
        case UUID():
            return np.frombuffer(value.bytes, dtype="V16")
        case datetime():
            number = moment(value)
        case date():
            number = (value - _EPOCH.date()).days
        case int():
            number = value
    return np.array([number], dtype=np.int64)
