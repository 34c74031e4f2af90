"""Proving the figures: every stored coefficient from the factors it states, every record from its quantities and coefficient."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanhui.core.described import Json, recompute
from tanhui.steps.quantify.models import StoredCoefficient
from tanhui.steps.quantify.services import requantify

Integers = NDArray[np.int64]
EPOCH = date(1970, 1, 1).toordinal()
FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Priced:
    """What a stored coefficient says about the records it priced: the behavior, the days it held, and its arithmetic."""

    behavior: int
    first_day: int
    end_day: int
    arithmetic: Json


def stored_coefficients() -> Iterator[tuple[int, Json]]:
    """Every stored coefficient by its number, with the terms it was computed from and its methodology's behavior."""
    names = ("id", "valid_from", "valid_until", "monomials", "reduction_ng", "baseline_ng", "terms", "fields")
    rows = StoredCoefficient.objects.order_by("id").values(*names, "methodology__behavior")
    for row in rows.iterator(chunk_size=200):
        yield row["id"], row


def disagreement(stored: Json) -> dict[str, Any] | None:
    """The nanograms stored and those that follow from the coefficient's own terms, when they are not the same."""
    reduction_ng, baseline_ng = recompute(stored["terms"], stored["monomials"])
    told = {"reduction_ng": tuple(stored["reduction_ng"]), "baseline_ng": tuple(stored["baseline_ng"])}
    found = {"reduction_ng": reduction_ng, "baseline_ng": baseline_ng}
    return None if told == found else {"stored": told, "recomputed": found}


def priced(stored: Json) -> Priced:
    """What of a stored coefficient the check of records needs."""
    until = stored["valid_until"]
    return Priced(
        stored["methodology__behavior"],
        stored["valid_from"].toordinal() - EPOCH,
        FOREVER if until is None else until.toordinal() - EPOCH,
        {name: stored[name] for name in ("monomials", "reduction_ng", "fields")},
    )


def recompute_records(
    coefficients: Mapping[int, Priced],
    *,
    coefficient_id: Integers,
    quantities: tuple[Integers, Integers, Integers],
    behaviors: Integers,
    days: Integers,
) -> tuple[Integers, NDArray[np.bool_]]:
    """Milligrams of each record computed anew, and whether its coefficient is known and held for that behavior on that day.

    All of shape (records,); where it did not hold, the milligrams are 0.
    """
    reduction_mg = np.zeros(len(coefficient_id), dtype=np.int64)
    held = np.zeros(len(coefficient_id), dtype=np.bool_)
    for number in np.unique(coefficient_id).tolist():
        if (found := coefficients.get(number)) is None:
            continue
        here = np.flatnonzero(coefficient_id == number)
        held[here] = (
            (behaviors[here] == found.behavior) & (days[here] >= found.first_day) & (days[here] < found.end_day)
        )
        reduction_mg[here] = requantify(found.arithmetic, [column[here] for column in quantities])
    return reduction_mg, held
