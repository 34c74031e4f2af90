"""Proving what was credited: all of a reduction, or less where a cap says so, and nothing for a negative one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from tanhui.core.methodology import Cap
from tanhui.steps.account.services import CAPPED_BY_POINTS, CAPPED_BY_RECORDS, NOT_CAPPED
from tanhui.support.ledger import limits as ledger
from tanhui.support.ledger.limits import Limit, Unit
from tanhui.support.ledger.proving import Fault
from tanhui.support.ledger.types import REVERSAL

Integers = NDArray[np.int64]


def credits_follow(
    *, kind: Integers, reduction_mg: Integers, credited_mg: Integers, capped_by: Integers
) -> NDArray[np.bool_]:
    """Whether each record's credit follows from its reduction and cap, of shape (records,).

    That a reversal is the exact negative of its record is proved in the ledger.
    """
    most = np.maximum(reduction_mg, 0)
    whole = (capped_by == NOT_CAPPED) | (capped_by == CAPPED_BY_POINTS)
    right: NDArray[np.bool_] = np.where(whole, credited_mg == most, credited_mg < most)
    right &= (capped_by != CAPPED_BY_RECORDS) | (credited_mg == 0)
    right &= (capped_by >= NOT_CAPPED) & (capped_by <= CAPPED_BY_POINTS) & (credited_mg >= 0)
    right |= (kind == REVERSAL) & (capped_by == NOT_CAPPED)
    return right


def caps_kept(caps: Mapping[int, tuple[int, tuple[Cap, ...]]]) -> Iterator[Fault]:
    """Spans in which more is credited than a cap allows, and records cut by a cap that was not reached.

    `caps` are those of each coefficient, by its number, with its behavior.
    """
    limits = _limits(caps)
    yield from ledger.exceeded(limits)
    yield from ledger.unreached(limits, of_points=False)


def _parts(cap: Cap) -> tuple[tuple[Unit, int | None], ...]:
    return ("records", cap.records), ("milligrams", cap.reduction_mg)


def _limits(caps: Mapping[int, tuple[int, tuple[Cap, ...]]]) -> list[Limit]:
    """What the caps allow. Records under a lower cap of the same kind count with those under a higher one: they stay below."""
    sets = defaultdict(set)
    bounds: dict[tuple[int, Cap, Unit], set[tuple[int, int]]] = defaultdict(set)
    for number, (behavior, several) in caps.items():
        for cap in several:
            for unit, most in _parts(cap):
                if most is not None:
                    sets[behavior].add((cap.per, cap.by, unit, most))
                    bounds[behavior, Cap(cap.per, cap.by), unit].add((number, most))
    return [
        Limit(
            behavior, kind.per, kind.by == "household", unit, most, frozenset(n for n, bound in found if bound <= most),
            frozenset(n for n, bound in found if bound == most), alone=len(sets[behavior]) == 1,
        )
        for (behavior, kind, unit), found in bounds.items()
        for most in sorted({bound for _, bound in found})
    ]  # fmt: skip
