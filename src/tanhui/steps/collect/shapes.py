"""What the cells of a column look like: whole numbers, decimals with which mark, times in which formats, or text."""

from dataclasses import dataclass
from itertools import product
from typing import Literal

import polars as pl

from tanhui.steps.collect.parts import NULLS
from tanhui.steps.collect.table import trim

_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d")
_CLOCKS = (" %H:%M:%S", "T%H:%M:%S", " %H:%M", "", " %I:%M:%S %p", " %I:%M %p", "%H%M%S")
FORMATS = tuple(date + clock for date, clock in product(_DATES, _CLOCKS))
_MOST = 0.95


@dataclass(frozen=True)
class Shape:
    """`kind` of the cells; for numbers their decimal mark, for times the formats that read them; how many differ."""

    kind: Literal["empty", "whole", "decimal", "time", "text"]
    decimal: str = "."
    thousands: str = ""
    currency: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    distinct: float = 0.0
    example: str = ""

    @property
    def number(self) -> bool:
        """Whether the cells are numbers."""
        return self.kind in {"whole", "decimal"}


def shape_of(cells: pl.Series) -> Shape:
    """The shape of a column, from the cells given."""
    given = cells.to_frame("c").select(trim(pl.col("c"))).to_series().drop_nulls()
    given = given.filter(~given.is_in(list(NULLS)))
    if given.is_empty():
        return Shape("empty")
    distinct, example = given.n_unique() / len(given), str(given[0])
    formats = _formats(given)
    if formats:
        return Shape("time", formats=formats, distinct=distinct, example=example)
    currency = tuple(mark for mark in "¥￥$€£" if given.str.contains(mark, literal=True).any())
    bare = given.str.replace_all("[¥￥$€£]", "").str.strip_chars()
    for kind, pattern, decimal, thousands in _NUMBERS:
        if _share(bare.str.contains(pattern)) >= _MOST:
            return Shape(kind, decimal, thousands, currency, (), distinct, example)
    return Shape("text", distinct=distinct, example=example)


_NUMBERS: tuple[tuple[Literal["whole", "decimal"], str, str, str], ...] = (
    ("whole", r"^[+-]?\d+$", ".", ""),
    ("decimal", r"^[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?$", ".", ""),
    ("decimal", r"^[+-]?\d{1,3}(?:,\d{3})*(?:\.\d+)?$", ".", ","),
    ("decimal", r"^[+-]?\d+(?:,\d+)?$", ",", ""),
    ("decimal", r"^[+-]?\d{1,3}(?:\.\d{3})*(?:,\d+)?$", ",", "."),
)


def _formats(given: pl.Series) -> tuple[str, ...]:
    """The formats that read nearly all cells, the likeliest first; several mean that the cells do not decide."""
    if _share(given.str.contains(r"^1\d{9}$")) >= _MOST:
        return ("epoch_s",)
    if _share(given.str.contains(r"^1\d{12}$")) >= _MOST:
        return ("epoch_ms",)
    if (
        _share(
            given.str.contains(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$|^\d{4}-\d{2}-\d{2}T.*\.\d+$")
        )
        >= _MOST
    ):
        return ("iso8601",)
    plain = given.str.contains(r"^\d+$").all()
    if plain and _share(given.str.contains(r"^(19|20)\d{6}(\d{6})?$")) < _MOST:
        return ()
    formats = [form for form in FORMATS if plain == form.startswith("%Y%m%d")]
    return tuple(
        form
        for form in formats
        if _share(given.str.to_datetime(form, strict=False, time_unit="us").is_not_null()) >= _MOST
    )


def _share(holds: pl.Series) -> float:
    mean = holds.fill_null(value=False).mean()
    return float(mean) if isinstance(mean, float) else 0.0
