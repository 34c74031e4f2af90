"""Quantifying a batch of records: which coefficient holds for each, then one multiplication (clause 7.3.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

import numpy as np
from numpy.typing import NDArray

from tanhui.core.coefficients import Coefficient
from tanhui.core.described import Json
from tanhui.core.methodology import Methodology
from tanhui.core.reduction import look_up_and_multiply, multiply
from tanhui.core.refusal import Refusal
from tanhui.core.regions import fallback
from tanhui.steps.quantify.library import Library, choose

Integers = NDArray[np.int64]
EPOCH = date(1970, 1, 1).toordinal()
UNRESOLVED = -1


@dataclass(frozen=True, slots=True)
class RecordGroup:
    """Records alike in all but date and figures: behavior, region, variant asked for, and the fields they give."""

    behavior: int
    region: str
    variant: str | None
    given: frozenset[str]


@dataclass(frozen=True, slots=True)
class Resolution:
    """Per record the index into `coefficients`, or UNRESOLVED with the refusal of its group in `refusals`."""

    coefficients: tuple[Coefficient, ...]
    methodologies: tuple[Methodology, ...]
    required: tuple[tuple[str, ...], ...]
    index: Integers
    refusals: dict[int, Refusal]


def resolve_coefficients(library: Library, *, groups: list[RecordGroup], group: Integers, days: Integers) -> Resolution:
    """The coefficient in force for each record: of its group, on its day (days since 1970). Shapes: (records,).

    `refusals` holds, by record, why there is none: nothing in force there and then, no such variant, fields missing.
    """
    coefficients: dict[Coefficient, int] = {}
    numbers = count()
    index = np.full(len(group), UNRESOLVED, dtype=np.int64)
    refusals: dict[int, Refusal] = {}
    for number, alike in enumerate(groups):
        members = np.flatnonzero(group == number)
        try:
            edges = _edges(library, alike)
        except Refusal as refusal:
            refusals.update(dict.fromkeys(members.tolist(), refusal))
            continue
        periods = np.searchsorted(np.array(edges, dtype=np.int64), days[members], side="right")
        for period in np.unique(periods):
            here = members[periods == period]
            on = date.fromordinal(EPOCH + int(days[here[0]]))
            try:
                found = choose(
                    library,
                    behavior=alike.behavior,
                    region=alike.region,
                    on=on,
                    given=alike.given,
                    variant=alike.variant,
                )
            except Refusal as refusal:
                refusals.update(dict.fromkeys(here.tolist(), refusal))
                continue
            if found not in coefficients:
                coefficients[found] = next(numbers)
            index[here] = coefficients[found]
    found_all = tuple(coefficients)
    return Resolution(
        found_all,
        tuple(library.methodology(c) for c in found_all),
        tuple(library.required(c) for c in found_all),
        index,
        refusals,
    )


def quantify_records(resolution: Resolution, index: Integers, steps: Mapping[str, Integers]) -> Integers:
    """Milligrams CO2e of each record, rounded down, negative kept. `index` is resolved; `steps` holds whole steps by field."""
    if not len(index):
        return np.zeros(0, dtype=np.int64)
    assert index.min() > UNRESOLVED
    priced = [dict(zip(c.monomials, c.reduction_ng, strict=True)) for c in resolution.coefficients]
    monomials = dict.fromkeys(monomial for prices in priced for monomial in prices)
    tables = [np.array([prices.get(monomial, 0) for prices in priced], dtype=np.int64) for monomial in monomials]
    activities = [_product([steps[name] for name in monomial]) for monomial in monomials]
    return look_up_and_multiply(tables, [index], activities)


def requantify(stored: Json, quantities: Sequence[Integers]) -> Integers:
    """Milligrams CO2e by a stored coefficient, rounded down, negative kept; `quantities` are whole steps of its fields in order."""
    steps = {field["name"]: quantities[place] for place, field in enumerate(stored["fields"])}
    activities = [_product([steps[name] for name in monomial]) for monomial in stored["monomials"]]
    return multiply(stored["reduction_ng"], activities)


def _product(columns: list[Integers]) -> Integers:
    product = columns[0]
    for column in columns[1:]:
        product = product * column
    return product


def _edges(library: Library, alike: RecordGroup) -> list[int]:
    rows = [row for place in fallback(alike.region) for row in library.coefficients_at(alike.behavior, place)]
    days = {day.toordinal() - EPOCH for row in rows for day in (row.valid_from, row.valid_until) if day is not None}
    return sorted(days)
