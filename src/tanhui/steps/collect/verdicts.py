"""How each record of a batch ends: accepted, duplicate, conflict or refused, with its reason. Exactly one of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tanhui.core.text import Text
from tanhui.steps.collect.reasons import sentence

ACCEPTED, DUPLICATE, CONFLICT, REFUSED = 0, 1, 2, 3
OUTCOMES = ("accepted", "duplicate", "conflict", "refused")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record was not accepted: a stable code, a sentence in both languages, and the field at fault."""

    code: str
    text: Text
    field: str = ""


@dataclass
class Verdicts:
    """The outcomes of a batch of records so far; `outcome` has shape (records,). The first verdict on a record stands."""

    outcome: NDArray[np.int8]
    reasons: dict[int, Reason] = field(default_factory=dict)

    @classmethod
    def of(cls, records: int) -> "Verdicts":
        """All accepted so far."""
        return cls(np.zeros(records, dtype=np.int8))

    def copy(self) -> "Verdicts":
        """The same verdicts, to go on from."""
        return Verdicts(self.outcome.copy(), dict(self.reasons))

    @property
    def standing(self) -> NDArray[np.int64]:
        """The records that are still accepted."""
        return np.flatnonzero(self.outcome == ACCEPTED)

    def refuse(
        self, records: Iterable[int], code: str, *, field: str = "", outcome: int = REFUSED, **values: object
    ) -> None:
        """Ends these records, unless they have ended, with that reason and its values."""
        reason = Reason(code, sentence(code, field=field, **values), field)
        for record in records:
            self.refuse_one(int(record), reason, outcome=outcome)

    def refuse_one(self, record: int, reason: Reason, *, outcome: int = REFUSED) -> None:
        """Ends one record, unless it has ended."""
        if self.outcome[record] == ACCEPTED:
            self.outcome[record] = outcome
            self.reasons[record] = reason

    def find_known(self, record: int, *, same: bool) -> None:
        """Ends a record as the duplicate of, or in conflict with, one of its id that is booked; whatever else is wrong with it."""
        self.outcome[record] = ACCEPTED
        code, outcome = ("duplicate", DUPLICATE) if same else ("conflict", CONFLICT)
        self.refuse([record], code, outcome=outcome)

    def share_refusal(self, record: int, other: int) -> None:
        """Ends a duplicate of a record that was refused after all as that one ended."""
        if self.outcome[record] == DUPLICATE and self.outcome[other] == REFUSED:
            self.outcome[record], self.reasons[record] = REFUSED, self.reasons[other]

    def counts(self) -> dict[str, int]:
        """How many ended in each way."""
        return {name: int((self.outcome == code).sum()) for code, name in enumerate(OUTCOMES)}
