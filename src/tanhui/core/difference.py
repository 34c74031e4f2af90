"""What changes between two methodologies: for each variant, region and period, the coefficient before and after."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import prod

from tanhui.core.coefficients import Coefficient
from tanhui.core.methodology import ActivityField, Methodology
from tanhui.core.regions import fallback

LAST_DAY = date.max
Monomial = tuple[str, ...]
Fields = Mapping[str, ActivityField]


@dataclass(frozen=True, slots=True)
class Difference:
    """A coefficient that is not the same: nanograms per unit of `monomial` before and after; None where there is none."""

    variant: str
    region: str
    monomial: Monomial
    valid_from: date
    valid_until: date | None
    before_ng: Fraction | None
    after_ng: Fraction | None


@dataclass(frozen=True, slots=True)
class Compiled:
    """A methodology and its coefficients."""

    methodology: Methodology
    rows: Sequence[Coefficient]


def differences(before: Compiled, after: Compiled) -> list[Difference]:
    """Where the coefficients of two methodologies are not the same, by variant, region and time.

    A region that only one of them names is compared with what the other gives there: that of the nearest region it has.
    Coefficients are compared per unit of activity, so that another step alone is no difference beyond its rounding.
    """
    both = [*before.rows, *after.rows]
    variants = dict.fromkeys(row.variant for row in both)
    regions = sorted({row.region for row in both})
    return [change for variant in variants for region in regions for change in _changes(before, after, variant, region)]


def _changes(before: Compiled, after: Compiled, variant: str, region: str) -> Iterator[Difference]:
    sides = [(side.methodology.fields, _rows(side.rows, variant, region)) for side in (before, after)]
    monomials = dict.fromkeys(monomial for _, rows in sides for row in rows for monomial in row.monomials)
    edges = sorted({day for _, rows in sides for row in rows for day in (row.valid_from, row.valid_until or LAST_DAY)})
    for monomial in monomials:
        open_change: Difference | None = None
        for start, end in pairwise(edges):
            was, becomes = (_value(fields, rows, monomial, start) for fields, rows in sides)
            if open_change and (was, becomes) == _values(open_change):
                open_change = replace(open_change, valid_until=end)
                continue
            if open_change:
                yield _closed(open_change)
            changed = was != becomes
            open_change = Difference(variant, region, monomial, start, end, was, becomes) if changed else None
        if open_change:
            yield _closed(open_change)


def _rows(rows: Iterable[Coefficient], variant: str, region: str) -> list[Coefficient]:
    places = {place: number for number, place in enumerate(fallback(region))}
    found = [row for row in rows if row.variant == variant and row.region in places]
    return sorted(found, key=lambda row: places[row.region])


def _value(fields: Fields, rows: list[Coefficient], monomial: Monomial, on: date) -> Fraction | None:
    for row in rows:
        if row.valid_from <= on and (row.valid_until is None or on < row.valid_until):
            ng = dict(zip(row.monomials, row.reduction_ng, strict=True)).get(monomial)
            return None if ng is None else ng / prod((fields[name].step for name in monomial), start=Fraction(1))
    return None


def _values(change: Difference) -> tuple[Fraction | None, Fraction | None]:
    return change.before_ng, change.after_ng


def _closed(change: Difference) -> Difference:
    return replace(change, valid_until=None) if change.valid_until == LAST_DAY else change
