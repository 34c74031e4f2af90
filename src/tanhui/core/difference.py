"""What changes between two methodologies: for each variant, region and period, the coefficient before and after."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from tanhui.core.coefficients import Coefficient
from tanhui.core.regions import fallback

LAST_DAY = date.max
Monomial = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A coefficient that is not the same: nanograms per step of `monomial` before and after; None where there is none."""

    variant: str
    region: str
    monomial: Monomial
    valid_from: date
    valid_until: date | None
    before_ng: int | None
    after_ng: int | None


def differences(before: Sequence[Coefficient], after: Sequence[Coefficient]) -> list[Difference]:
    """Where two sets of coefficients are not the same, by variant, region and time.

    A region that only one of them names is compared with what the other gives there: that of the nearest region it has.
    """
    both = [*before, *after]
    variants = dict.fromkeys(row.variant for row in both)
    regions = sorted({row.region for row in both})
    return [change for variant in variants for region in regions for change in _changes(before, after, variant, region)]


def _changes(
    before: Sequence[Coefficient], after: Sequence[Coefficient], variant: str, region: str
) -> Iterator[Difference]:  # fmt: skip
    sides = [_rows(rows, variant, region) for rows in (before, after)]
    monomials = dict.fromkeys(monomial for rows in sides for row in rows for monomial in row.monomials)
    edges = sorted({day for rows in sides for row in rows for day in (row.valid_from, row.valid_until or LAST_DAY)})
    for monomial in monomials:
        open_change: Difference | None = None
        for start, end in pairwise(edges):
            was, becomes = (_value(rows, monomial, start) for rows in sides)
            if open_change and open_change.valid_until == start and (was, becomes) == _values(open_change):
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


def _value(rows: list[Coefficient], monomial: Monomial, on: date) -> int | None:
    for row in rows:
        if row.valid_from <= on and (row.valid_until is None or on < row.valid_until):
            return dict(zip(row.monomials, row.reduction_ng, strict=True)).get(monomial)
    return None


def _values(change: Difference) -> tuple[int | None, int | None]:
    return change.before_ng, change.after_ng


def _closed(change: Difference) -> Difference:
    return replace(change, valid_until=None) if change.valid_until == LAST_DAY else change
