"""Numbers from text, exactly: a decimal becomes whole billionths, and then whole steps of a field, without any float."""

import re
from fractions import Fraction

import polars as pl

from tanhui.core.methodology import ActivityField
from tanhui.steps.collect.parts import FileShape

BILLION = 10**9
_PLAIN = r"^[+-]?[0-9]{1,15}(?:\.[0-9]{0,9})?$|^[+-]?\.[0-9]{1,9}$"
_ANY = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?$"  # no digits of other scripts
_INT64 = 2**63 - 1
LONGEST = 1000
"""Characters of the longest number: one of more is a mistake, and nobody's quantity."""
_ONE = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]*))?|([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?)")


def plain(cell: pl.Expr, shape: FileShape) -> pl.Expr:
    """The cell with a decimal point, without thousands marks and currency, as the file declares them."""
    for mark in shape.currency:
        cell = cell.str.replace_all(mark, "", literal=True)
    if shape.currency:
        cell = cell.str.strip_chars()
    if shape.thousands:
        cell = cell.str.replace_all(shape.thousands, "", literal=True)
    return cell.str.replace(shape.decimal, ".", literal=True) if shape.decimal != "." else cell


def is_number(text: pl.Expr) -> pl.Expr:
    """Whether the plain text is a decimal number, with or without an exponent."""
    return text.str.contains(_ANY) & (text.str.len_bytes() <= LONGEST)


def whole_steps(text: pl.Series, *, per_unit: Fraction, up: bool) -> pl.Series:
    """`text` x `per_unit` as whole numbers (Int64), rounded down or up; null where it is no number or too large.

    Numbers of at most nine decimals go as 128-bit integers; any others one by one as fractions.
    """
    fast = text.str.contains(_PLAIN).fill_null(value=False)
    p, q = per_unit.numerator, per_unit.denominator * BILLION
    frame = text.to_frame("text").with_columns(
        pl.when(fast).then(pl.col("text")).cast(pl.Decimal(38, 9), strict=False).to_physical().alias("n")
    )
    scaled = pl.col("n") * pl.lit(p, dtype=pl.Int128)
    scaled = (scaled + pl.lit(q - 1, dtype=pl.Int128)) if up else scaled
    steps = frame.select((scaled // pl.lit(q, dtype=pl.Int128)).cast(pl.Int64, strict=False)).to_series()
    slow = ~fast & frame.select(is_number(pl.col("text"))).to_series().fill_null(value=False)
    if not slow.any():
        return steps
    found = {value: _step(Fraction(value) * per_unit, up=up) for value in text.filter(slow).unique().to_list()}
    exact = text.replace_strict(list(found), list(found.values()), default=None, return_dtype=pl.Int64)
    return frame.select(pl.when(pl.lit(slow)).then(pl.lit(exact)).otherwise(pl.lit(steps))).to_series()


def whole_step(text: str, *, per_unit: Fraction, up: bool) -> int | None:
    """`whole_steps` of one number."""
    found = _ONE.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    sign, before, after, other = found.groups()
    if other is not None:
        return _step(Fraction(other) * per_unit, up=up)
    parts = int(before + (after or "")) * per_unit.numerator
    whole = per_unit.denominator * 10 ** len(after or "")
    if sign == "-":
        parts = -parts
    steps = -(-parts // whole) if up else parts // whole
    return steps if -_INT64 <= steps <= _INT64 else None


def is_one_number(text: str) -> bool:
    """Whether `whole_step` can read it."""
    return len(text) <= LONGEST and _ONE.fullmatch(text) is not None


def in_steps(value: Fraction, field: ActivityField, *, up: bool) -> int:
    """A bound of the field, in its unit, as whole steps."""
    return _rounded(value / field.step, up=up)


def _step(value: Fraction, *, up: bool) -> int | None:
    steps = _rounded(value, up=up)
    return steps if abs(steps) <= _INT64 else None


def _rounded(value: Fraction, *, up: bool) -> int:
    return value.__ceil__() if up else value.__floor__()
