"""What the cells of a column look like: whole numbers, decimals with which mark, times in which formats, or text."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

import polars as pl

from tanhui.steps.collect.parts import NULLS
from tanhui.steps.collect.table import trim

_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d")
_CLOCKS = (" %H:%M:%S", "T%H:%M:%S", " %H:%M", "", " %I:%M:%S %p", " %I:%M %p", "%H%M%S")
FORMATS = tuple(date + clock for date, clock in product(_DATES, _CLOCKS))
RARER = (
    *(date + clock for date, clock in product(_DATES[:3], (" %H:%M:%S%.f", "T%H:%M:%S%.f"))),
    "%a, %d %b %Y %H:%M:%S GMT",
    "%b %d, %Y, %I:%M:%S %p",
)
"""Formats tried where none of the others reads the cells."""
_CLOCK_CELLS = {"%H:%M:%S": r"^\d{1,2}:\d{2}:\d{2}$", "%H:%M": r"^\d{1,2}:\d{2}$"}
Kind = Literal["empty", "whole", "decimal", "time", "text"]


@dataclass(frozen=True)
class Shape:
    """`kind` of the cells; for numbers their decimal mark, for times the formats that read them; how many differ.

    A few cells may be otherwise. What more than half of the cells are, the column `leans` to: enough for one whose name
    says the same.
    """

    kind: Kind
    decimal: str = "."
    thousands: str = ""
    currency: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    distinct: float = 0.0
    example: str = ""
    leans: Kind = "text"
    clock: str = ""
    """The format of cells that are times of a day, without the day."""
    read: int = 0
    """How many of the cells are what it leans to."""

    @property
    def number(self) -> bool:
        """Whether the cells lean to numbers."""
        return self.leans in {"whole", "decimal"}

    @property
    def digits(self) -> bool:
        """Whether the cells lean to digits alone, which a number, a time and an order number may all be."""
        return self.leans == "whole" or any(form.startswith(("%Y%m%d", "epoch")) for form in self.formats)


def shape_of(cells: pl.Series) -> Shape:
    """The shape of a column, from the cells given."""
    given = cells.to_frame("c").select(trim(pl.col("c"))).to_series().drop_nulls()
    given = given.filter(~given.is_in(list(NULLS)))
    if given.is_empty():
        return Shape("empty", leans="empty")
    most, half = len(given) - _few(len(given)), len(given) // 2 + 1
    leaning = _looks(given, least=most) or _looks(given, least=half) or Shape("text")
    surely = leaning.read >= most
    clock = next((form for form, cell in _CLOCK_CELLS.items() if _count(given.str.contains(cell)) >= most), "")
    return replace(
        leaning, kind=leaning.leans if surely else "text", distinct=given.n_unique() / len(given), example=str(given[0]),
        clock=clock,
    )  # fmt: skip


_NUMBERS: tuple[tuple[Kind, str, str, str], ...] = (
    ("whole", r"^[+-]?\d+$", ".", ""),
    ("decimal", r"^[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?$", ".", ""),
    ("decimal", r"^[+-]?(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?$", ".", ","),  # first, where both marks can be meant
    ("decimal", r"^[+-]?\d+(?:,\d+)?$", ",", ""),
    ("decimal", r"^[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?$", ",", "."),
)
_STAMPS = {
    "epoch_s": r"^1\d{9}$",
    "epoch_ms": r"^1\d{12}$",
    "iso8601": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$|^\d{4}-\d{2}-\d{2}T.*\.\d+$",
}


def _few(cells: int) -> int:
    """How many cells may be otherwise: one of twenty, and of a small file one or two, but never more than one of five."""
    return max(cells // 20, min(2, cells // 5))


def _looks(given: pl.Series, *, least: int) -> Shape | None:
    """What at least so many of the cells are; of all that so many are, what most of them are."""
    formats, read = _formats(given, least=least)
    if formats:
        return Shape("time", formats=formats, leans="time", read=read)
    currency = tuple(mark for mark in "¥￥$€£" if given.str.contains(mark, literal=True).any())
    bare = given.str.replace_all("[¥￥$€£]", "").str.strip_chars()
    found = [(_count(bare.str.contains(pattern)), number) for number, (_, pattern, _, _) in enumerate(_NUMBERS)]
    read, number = max(found, key=lambda one: one[0])
    if read < least:
        return None
    kind, _, decimal, thousands = _NUMBERS[number]
    return Shape(kind, decimal, thousands, currency, leans=kind, read=read)


def _formats(given: pl.Series, *, least: int) -> tuple[tuple[str, ...], int]:
    """The formats that read the most cells, the likeliest first, and how many; several mean that the cells do not decide."""
    for name, pattern in _STAMPS.items():
        if (read := _count(given.str.contains(pattern))) >= least:
            return (name,), read
    plain = _count(given.str.contains(r"^\d+$")) >= least
    if plain and _count(given.str.contains(r"^(19|20)\d{6}(\d{6})?$")) < least:
        return (), 0
    for forms in (FORMATS, RARER):
        counts = {
            form: _count(given.str.to_datetime(form, strict=False, time_unit="us").is_not_null())
            for form in forms
            if plain == form.startswith("%Y%m%d")
        }
        read = max(counts.values(), default=0)
        if read >= least:
            return tuple(form for form, many in counts.items() if many == read), read
    return (), 0


def _count(holds: pl.Series) -> int:
    return int(holds.fill_null(value=False).sum())
