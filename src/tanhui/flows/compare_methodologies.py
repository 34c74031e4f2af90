"""A dry run of a change: every stored record of a behavior quantified with two libraries, and nothing booked.

Records come from the ledger in chunks, alike ones counted together; each is resolved and multiplied as a new record would be.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from tanhui.core.described import Json
from tanhui.core.methodology import ActivityField
from tanhui.core.regions import region_of_number
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify.library import Library
from tanhui.steps.quantify.services import UNRESOLVED, RecordGroup, Resolution, quantify_records, resolve_coefficients
from tanhui.steps.quantify.stored import stored_coefficient
from tanhui.support.ledger.streams import ROWS_PER_CHUNK, records_alike

Integers = NDArray[np.int64]
Chunk = Mapping[str, Integers]
OUT_OF_BOUNDS = "out_of_bounds"


@dataclass
class RegionChange:
    """What a change makes of a region's records: milligrams as booked, before and after, caps left aside."""

    records: int = 0
    booked_mg: int = 0
    before_mg: int = 0
    after_mg: int = 0


@dataclass
class Compared:
    """The change by region, and how many records either library does not quantify, by reason."""

    behavior: int
    regions: dict[str, RegionChange] = field(default_factory=dict)
    refused_before: Counter[str] = field(default_factory=Counter)
    refused_after: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> RegionChange:
        """All regions together."""
        every = self.regions.values()
        return RegionChange(
            sum(r.records for r in every), sum(r.booked_mg for r in every),
            sum(r.before_mg for r in every), sum(r.after_mg for r in every),
        )  # fmt: skip


def compare_methodologies(
    before: Library, after: Library, *, behavior: int, rows_per_chunk: int = ROWS_PER_CHUNK
) -> Compared:
    """The grams of all standing records of the behavior under both libraries, by region. A record refused counts nothing."""
    compared = Compared(behavior)
    with transaction.atomic():
        for chunk in records_alike(behavior, rows_per_chunk=rows_per_chunk):
            was = _quantified(before, chunk, behavior, compared.refused_before)
            becomes = _quantified(after, chunk, behavior, compared.refused_after)
            for number in np.unique(chunk["region"]).tolist():
                here = chunk["region"] == number
                change = compared.regions.setdefault(region_of_number(number), RegionChange())
                change.records += int(chunk["records"][here].sum())
                change.booked_mg += int(chunk["reduction_mg"][here].sum())
                change.before_mg += int((was * chunk["records"])[here].sum())
                change.after_mg += int((becomes * chunk["records"])[here].sum())
    return compared


def compared_as_json(compared: Compared) -> Json:
    """The change by region and in total, and how many records either library refuses, by reason."""
    behavior = behaviors()[compared.behavior - 1].code
    rows = [
        {
            "behavior": behavior, "region": region, "records": change.records, "booked_mg": change.booked_mg,
            "before_mg": change.before_mg, "after_mg": change.after_mg, "change_mg": change.after_mg - change.before_mg,
        }
        for region, change in [*sorted(compared.regions.items()), ("", compared.total)]
    ]  # fmt: skip
    return {
        "regions": rows[:-1], "total": {key: value for key, value in rows[-1].items() if key != "region"},
        "refused_before": dict(compared.refused_before), "refused_after": dict(compared.refused_after),
    }  # fmt: skip


def _quantified(library: Library, chunk: Chunk, behavior: int, refused: Counter[str]) -> Integers:
    """Milligrams of one record of each row; 0 for what the library refuses, which is counted."""
    groups, group = _groups(library, chunk, behavior)
    resolution = resolve_coefficients(library, groups=groups, group=group, days=chunk["day"])
    for row, refusal in resolution.refusals.items():
        refused[refusal.code] += int(chunk["records"][row])
    index = resolution.index.copy()
    steps = {name: np.zeros(len(index), dtype=np.int64) for required in resolution.required for name in required}
    for members, number, stored in _priced_alike(resolution, index, chunk):
        fields = resolution.methodologies[number].fields
        beyond = np.zeros(len(members), dtype=np.bool_)
        for name in resolution.required[number]:
            counted, outside = _recounted(chunk[stored[name][0]][members], stored[name][1], fields[name])
            steps[name][members] = counted
            beyond |= outside
        if beyond.any():
            refused[OUT_OF_BOUNDS] += int(chunk["records"][members[beyond]].sum())
            index[members[beyond]] = UNRESOLVED
    reduction_mg = np.zeros(len(index), dtype=np.int64)
    standing = np.flatnonzero(index != UNRESOLVED)
    of_standing = {name: column[standing] for name, column in steps.items()}
    reduction_mg[standing] = quantify_records(resolution, index[standing], of_standing)
    return reduction_mg


def _groups(library: Library, chunk: Chunk, behavior: int) -> tuple[list[RecordGroup], Integers]:
    """The rows by what they give: the variant that priced them, if the library still has it, and its fields."""
    variants = {variant.name for m in library.for_behavior(behavior) for variant in m.variants}
    pairs, group = np.unique(np.stack([chunk["coefficient_id"], chunk["region"]]), axis=1, return_inverse=True)
    groups = []
    for coefficient_id, region in pairs.T.tolist():
        variant = stored_coefficient(coefficient_id)["variant"]
        groups.append(
            RecordGroup(
                behavior, region_of_number(region), variant if variant in variants else None,
                frozenset(_fields(coefficient_id)),
            )
        )  # fmt: skip
    return groups, group.reshape(-1).astype(np.int64)


def _priced_alike(
    resolution: Resolution, index: Integers, chunk: Chunk
) -> Iterator[tuple[Integers, int, dict[str, tuple[str, Fraction]]]]:
    """Rows that share a coefficient then and now: which they are, the number of the one now, and the fields as stored."""
    for number in range(len(resolution.coefficients)):
        mine = np.flatnonzero(index == number)
        for coefficient_id in np.unique(chunk["coefficient_id"][mine]).tolist():
            yield mine[chunk["coefficient_id"][mine] == coefficient_id], number, _fields(coefficient_id)


def _fields(coefficient_id: int) -> dict[str, tuple[str, Fraction]]:
    """The fields of a stored coefficient: in which column their whole steps stand, and the size of a step."""
    rows = stored_coefficient(coefficient_id)["fields"]
    return {row["name"]: (f"quantity_{place}", Fraction(row["step"])) for place, row in enumerate(rows, start=1)}


def _recounted(quantity: Integers, step: Fraction, now: ActivityField) -> tuple[Integers, NDArray[np.bool_]]:
    """The quantity in the steps of the field as it is now, rounded as the field says; and which are out of its bounds."""
    ratio = step / now.step
    up = ratio.denominator - 1 if now.rounding == "up" else 0
    counted = (quantity * ratio.numerator + up) // ratio.denominator
    least, most = (now.least / now.step).__ceil__(), (now.most / now.step).__floor__()
    return counted, (counted < least) | (counted > most)
