"""Numbers become whole steps exactly: no float, one rounding, as the field says."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanhui.steps.collect.numbers import is_number, plain, whole_steps
from tanhui.steps.collect.parts import FileShape


def steps(*texts: str | None, per_unit: Fraction = Fraction(1000), up: bool = False) -> list[int | None]:
    return whole_steps(pl.Series(texts, dtype=pl.String), per_unit=per_unit, up=up).to_list()


def test_a_value_that_no_float_holds_is_not_rounded_away():
    assert steps("1.001", "0.1", "2.675", "8.6499999999999", "1234567890.123456789") == [
        1001,
        100,
        2675,
        8649,
        1234567890123,
    ]


def test_rounding_goes_down_or_up():
    assert steps("1.0009", "-1.0001", up=False) == [1000, -1001]
    assert steps("1.0001", "1.000", "1.00000000000001", up=True) == [1001, 1000, 1001]


def test_a_unit_ratio_is_a_fraction():
    assert steps("1", "10", per_unit=Fraction(1609344, 1000)) == [1609, 16093]
    assert steps("20", per_unit=Fraction(10_000, 60)) == [3333]


def test_exponents_and_long_decimals_are_exact_too():
    assert steps("1.5E+3", "2e-3", "1" * 20 + ".5", "0." + "9" * 30) == [1_500_000, 2, None, 999]


def test_what_is_no_number_or_too_large_is_null():
    assert steps("", "abc", "1,5", "1.2.3", None, "--1", "1 000", "９") == [None] * 8
    assert steps("999999999999999", per_unit=Fraction(10**6)) == [None]


@pytest.mark.parametrize(
    ("shape", "text", "wanted"),
    [
        (FileShape(decimal=","), "19,96", "19.96"),
        (FileShape(decimal=",", thousands="."), "1.234,5", "1234.5"),
        (FileShape(thousands=","), "1,234.5", "1234.5"),
        (FileShape(currency=("¥", "￥")), "¥28.16", "28.16"),
        (FileShape(currency=("¥", "￥")), "￥ 28.16", "28.16"),
    ],
)
def test_marks_are_read_as_declared(shape, text, wanted):
    assert pl.DataFrame({"c": [text]}).select(plain(pl.col("c"), shape)).item() == wanted


@given(st.decimals(min_value=0, max_value=10**9, places=6), st.integers(1, 10**6), st.integers(1, 10**6), st.booleans())
def test_steps_are_what_fractions_say(value, numerator, denominator, up):
    per_unit = Fraction(numerator, denominator)
    exact = Fraction(value) * per_unit
    assert steps(str(value), per_unit=per_unit, up=up) == [exact.__ceil__() if up else exact.__floor__()]


def test_only_decimals_are_numbers():
    texts = ["1", "-1.5", ".5", "5.", "1e3", "", "1e", "0x1", "nan", "inf", "1_000"]
    told = pl.DataFrame({"c": texts}).select(is_number(pl.col("c"))).to_series().to_list()
    assert told == [True] * 5 + [False] * 6
