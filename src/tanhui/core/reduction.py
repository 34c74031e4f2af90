"""The arithmetic of a reduction, over columns of whole numbers: `ER = ⌊COEF x AD⌋` (formula (4), from (1)-(3)).

This is the one implementation: a single record is a column of one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tanhui.core.coefficients import NG_PER_MG

Integers = NDArray[np.int64]
BLOCK = 1 << 15


def multiply(coefficients_ng: Sequence[Integers], activities: Sequence[Integers]) -> Integers:
    """Milligrams CO2e per record, rounded down once.

    `coefficients_ng` and `activities` hold one column per monomial, each of shape (records,): nanograms per step, and steps.
    The compiled coefficients guarantee that no product leaves 64 bits within the fields' bounds.
    """
    total = coefficients_ng[0] * activities[0]
    for coefficient, activity in zip(coefficients_ng[1:], activities[1:], strict=True):
        total += coefficient * activity
    np.floor_divide(total, NG_PER_MG, out=total)
    return total


def look_up_and_multiply(
    *,
    folded_ng: Integers,
    rows: NDArray[np.int32],
    period_of_day: NDArray[np.int32],
    days: NDArray[np.int32],
    activity: Integers,
) -> Integers:
    """Milligrams per record for many methodologies, regions and dates at once, in blocks that stay in the cache.

    `folded_ng` is the flattened table (row, period) → nanograms per step, `rows` the offset of each record's row in it,
    `days` the record's day as an index into `period_of_day`; all of shape (records,) but the two tables.
    """  # fmt: skip
    reduction_mg = np.empty_like(activity)
    index = np.empty(BLOCK, dtype=np.int32)
    coefficient = np.empty(BLOCK, dtype=np.int64)
    for start in range(0, len(activity), BLOCK):
        stop = min(start + BLOCK, len(activity))
        here, out = slice(start, stop), reduction_mg[start:stop]
        place, value = index[: stop - start], coefficient[: stop - start]
        np.take(period_of_day, days[here], out=place, mode="clip")
        np.add(place, rows[here], out=place)
        np.take(folded_ng, place, out=value, mode="clip")
        np.multiply(value, activity[here], out=out)
        np.floor_divide(out, NG_PER_MG, out=out)
    return reduction_mg
