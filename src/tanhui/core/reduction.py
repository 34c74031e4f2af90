"""The arithmetic of a reduction, over columns of whole numbers: `ER = ⌊COEF x AD⌋` (formula (4), from (1)-(3)).

This is the one implementation: a single record is a column of one, and ten million are done in the same way.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from tanhui.core.coefficients import NG_PER_MG

Integers = NDArray[np.int64]
Places = NDArray[np.int64] | NDArray[np.int32]
BLOCK = 1 << 15  # records whose numbers stay in the processor's cache from one step to the next
SPAN = 1 << 20  # records worth a thread: a multiple of the block


def multiply(coefficients_ng: Sequence[int], activities: Sequence[Integers]) -> Integers:
    """Milligrams CO2e of records that share their coefficients, one per monomial, rounded down once."""
    first = np.zeros(len(activities[0]), dtype=np.int32)
    return look_up_and_multiply([np.array([ng], dtype=np.int64) for ng in coefficients_ng], [first], activities)


def look_up_and_multiply(
    tables_ng: Sequence[Integers], places: Sequence[Places], activities: Sequence[Integers]
) -> Integers:
    """Milligrams CO2e of each record, rounded down once, towards the negative.

    `tables_ng` and `activities` hold one column per monomial: nanograms per step by place, and steps, of shape (records,).
    Where a record finds its coefficients is the sum of its `places`: one column, or two such as a row's and a day's; their
    sum is never negative. Compiled coefficients guarantee that no result leaves 64 bits within the fields' bounds.
    """
    records = len(activities[0])
    reduction_mg = np.empty(records, dtype=np.int64)

    def multiply_span(start: int) -> None:
        end = min(start + SPAN, records)
        # Made once, as new memory costs more than the sums; of the type that NumPy looks up with, to spare another.
        place_of = np.empty(min(BLOCK, end - start), dtype=np.intp)
        total_of = np.empty(len(place_of), dtype=np.int64)
        for block in range(start, end, BLOCK):
            here = slice(block, min(block + BLOCK, end))
            place, total_ng = place_of[: here.stop - block], total_of[: here.stop - block]
            np.add(places[0][here], places[1][here] if len(places) > 1 else 0, out=place)
            if place.max() >= len(tables_ng[0]):
                raise IndexError("a place beyond the table of coefficients")
            np.take(tables_ng[0], place, out=total_ng, mode="wrap")  # nothing is wrapped: it only spares a copy
            np.multiply(total_ng, activities[0][here], out=total_ng)
            for table, activity in zip(tables_ng[1:], activities[1:], strict=True):
                total_ng += table.take(place) * activity[here]
            np.floor_divide(total_ng, NG_PER_MG, out=reduction_mg[here])

    if records <= SPAN:
        multiply_span(0)
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # NumPy computes outside the interpreter's lock
            list(pool.map(multiply_span, range(0, records, SPAN)))
    return reduction_mg
