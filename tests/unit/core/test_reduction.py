"""The arithmetic of a reduction is exact: it gives what Python's whole numbers give, for one record and for very many."""

import numpy as np
import pytest

from tanhui.core import reduction
from tanhui.core.coefficients import LARGEST_PRODUCT, NG_PER_MG
from tanhui.core.reduction import look_up_and_multiply, multiply

RNG = np.random.default_rng(20260101)


def column(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@pytest.mark.parametrize(
    ("coefficient_ng", "steps", "reduction_mg"),
    [
        (46_700_000, 12_345, 576_511),
        (999_999, 1, 0),
        (1_000_000, 1, 1),
        (-1, 1, -1),
        (-1_000_000, 1, -1),
        (-1_000_001, 1, -2),
        (0, 5, 0),
        (LARGEST_PRODUCT - 1, 1, (LARGEST_PRODUCT - 1) // NG_PER_MG),
        (1 - LARGEST_PRODUCT, 1, (1 - LARGEST_PRODUCT) // NG_PER_MG),
    ],
)
def test_a_reduction_is_rounded_down_once(coefficient_ng, steps, reduction_mg):
    assert multiply([coefficient_ng], [column(steps)]).tolist() == [reduction_mg]


def test_monomials_are_added_before_the_rounding():
    assert multiply([600_000, 600_000], [column(1), column(1)]).tolist() == [1]
    assert multiply([600_000, -700_000], [column(1), column(1)]).tolist() == [-1]


def test_columns_are_left_as_they_were():
    steps = column(3, 4)
    multiply([2_000_000], [steps])
    assert steps.tolist() == [3, 4]


@pytest.mark.parametrize("span", [reduction.SPAN, reduction.BLOCK])
@pytest.mark.parametrize("records", [0, 1, reduction.BLOCK - 1, reduction.BLOCK, 3 * reduction.BLOCK + 7])
def test_blocks_and_threads_change_nothing(monkeypatch, records, span):
    monkeypatch.setattr(reduction, "SPAN", span)
    tables = [RNG.integers(-(10**9), 10**9, 4 * 366) for _ in range(2)]
    rows = (RNG.integers(4, size=records) * 366).astype(np.int32)
    days = RNG.integers(366, size=records).astype(np.int32)
    activities = [RNG.integers(0, 10**6, records) for _ in range(2)]
    expected = [
        sum(int(table[row + day]) * int(steps) for table, steps in zip(tables, of_record, strict=True)) // NG_PER_MG
        for row, day, *of_record in zip(rows, days, *activities, strict=True)
    ]
    assert look_up_and_multiply(tables, [rows, days], activities).tolist() == expected


def test_a_place_beyond_the_table_is_an_error():
    with pytest.raises(IndexError):
        look_up_and_multiply([column(1, 2)], [np.array([2])], [column(1)])
