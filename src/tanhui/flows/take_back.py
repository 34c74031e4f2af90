"""A partner's own cancellation of a record that is booked: a correction by reversal, once however often it is sent.

A cancellation says what is left of the record, not what is taken off it: so the same again, or an older one, finds the record
as it says, or with less, and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial
from uuid import UUID

import numpy as np

from tanhui.core.refusal import Refusal
from tanhui.core.units import conversion
from tanhui.flows.attempts import CROWDED, in_transaction
from tanhui.flows.correct_activity import Posting, book_correction, hold_record, quantities_of, steps_after
from tanhui.steps.collect.reasons import sentence
from tanhui.steps.collect.verdicts import ACCEPTED, CONFLICT, DUPLICATE, REFUSED, Reason
from tanhui.steps.quantify.services import requantify
from tanhui.steps.quantify.stored import stored_coefficient
from tanhui.support.ledger.selectors import posting

Left = Mapping[str, tuple[str, str | None]]
"""What is left of a record: field → number as plain text, and its unit (None: the field's own)."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How a cancellation ended, why if it was not accepted, and the milligrams that were credited and are no longer.

    Without a `reason` a refused one found no record.
    """

    outcome: int
    reason: Reason | None = None
    credited_mg: int = 0


def take_back(
    key: UUID, *, record_id: str, person: int | None, left: Left | None, reason: str, actor: str, now: datetime
) -> TakenBack:
    """Withdraws the record (`left` is None, or all of it is 0), or corrects it to what is left.

    accepted: it was taken back now. duplicate: it is as the cancellation says, or was, or has been withdrawn. conflict: the
    cancellation leaves more than is booked. refused: there is no such record, it is another person's, or what is left is no
    figure that a record may have. Raises `Refusal` (`crowded`).
    """
    try:
        return in_transaction(partial(_take_back, key, record_id, person, left, reason, actor, now))
    except Refusal as refusal:
        if refusal.code == CROWDED:
            raise
        return TakenBack(REFUSED, Reason(refusal.code, refusal.text, refusal.field or ""))


def _take_back(
    key: UUID, record_id: str, person: int | None, left: Left | None, reason: str, actor: str, now: datetime
) -> TakenBack:
    original = hold_record(key)
    if original is None:
        return TakenBack(REFUSED)
    if original["person_id"] != person:
        return _ended(REFUSED, "original_of_another", value=record_id)
    versions = _versions(original)
    standing = versions[-1]
    if standing["reversal"] is not None:
        return _ended(DUPLICATE, "duplicate")
    replace = _in_own_units(standing, left or {})
    if any(replace.values()):
        after = steps_after(standing, replace)
        if after in map(quantities_of, versions):
            return _ended(DUPLICATE, "duplicate")
        if _reduction_mg(standing, after) > standing["reduction_mg"]:
            return _ended(CONFLICT, "conflict")
    done = book_correction(
        standing["key"], reason=reason, actor=actor, replace=replace if any(replace.values()) else None, now=now
    )
    before, now_credited = done.credited_mg
    return TakenBack(ACCEPTED, credited_mg=before - now_credited)


def _ended(outcome: int, code: str, **values: object) -> TakenBack:
    return TakenBack(outcome, Reason(code, sentence(code, **values)))


def _versions(original: Posting) -> list[Posting]:
    """The record and what replaced it, one after the other."""
    versions = [original]
    while versions[-1]["replaced_by"] is not None:
        following = posting(versions[-1]["replaced_by"])
        assert following is not None
        versions.append(following)
    return versions


def _in_own_units(record: Posting, left: Left) -> dict[str, Fraction]:
    units = {field["name"]: field["unit"] for field in stored_coefficient(record["coefficient_id"])["fields"]}
    return {
        name: Fraction(number) * (conversion(unit, units[name]) if unit and name in units else 1)
        for name, (number, unit) in left.items()
    }


def _reduction_mg(record: Posting, steps: tuple[int, int, int]) -> int:
    quantities = [np.array([each], dtype=np.int64) for each in steps]
    return int(requantify(stored_coefficient(record["coefficient_id"]), quantities)[0])
