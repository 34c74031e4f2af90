"""A file as a table of text: its columns, what stands before them, and its rows in chunks of bounded size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.parts import FileShape
from tanhui.steps.collect.types import Notice

ROW = "\x01row"
"""The column of a chunk that holds the source line; no file has a column of that name."""
MOST_PREAMBLE_LINES = 200
MOST_NAMES, LONGEST_NAME = 40, 60
_BLANKS = " \t\r\n\u00a0\u3000\ufeff"


@dataclass(frozen=True)
class Chunk:
    """Rows as they are written: ROW (Int64) and one String column per column of the file; and the rows that are none."""

    frame: pl.DataFrame
    bad: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A file opened: `columns` as the mapping calls them, the text of the `preamble`, and the `chunks`, once.

    `notices` tell what of the file was read, where that is not all of it or not in one piece.
    """

    columns: tuple[str, ...]
    preamble: str
    chunks: Iterator[Chunk]
    notices: tuple[Notice, ...] = ()


def trimmed(cell: str) -> str:
    """The cell without blanks, tabs, wide blanks and byte order marks around it."""
    return cell.strip(_BLANKS)


def trim(cell: pl.Expr) -> pl.Expr:
    """`trimmed` for a column."""
    return cell.str.strip_chars(_BLANKS)


def named(cells: Sequence[str], shape: FileShape, wanted: Iterable[str] = ()) -> tuple[str, ...]:
    """The header cells as the mapping calls them: trimmed, aliases resolved, unnamed and repeated ones numbered."""
    canonical = _canonical(shape, wanted)
    names: list[str] = []
    given: set[str] = set()
    for number, cell in enumerate(cells, 1):
        name = canonical.get(_key(cell), trimmed(cell)) or f"column_{number}"
        names.append(name if name not in given else f"{name}_{number}")
        given.add(names[-1])
    return tuple(names)


def _canonical(shape: FileShape, wanted: Iterable[str]) -> dict[str, str]:
    """What the mapping calls a header cell, by the cell's key."""
    canonical = {_key(name): name for name in wanted}
    for name, others in shape.aliases.items():
        for other in (name, *others):
            canonical.setdefault(_key(other), name)
    return canonical


def refuse_repeated(cells: Sequence[str], shape: FileShape, wanted: Iterable[str]) -> None:
    """Raises `Refusal` when a wanted column stands in the header twice: which of them counts is not to be guessed."""
    canonical = _canonical(shape, wanted)
    given = [canonical[_key(cell)] for cell in cells if _key(cell) in canonical]
    twice = sorted({name for name in given if given.count(name) > 1})
    if twice:
        text = Text(
            "表头中有重复的列：{c}；无法判断以哪一列为准，请删去或改名。",
            "The header has columns twice: {c}; which one counts cannot be told, so remove or rename the other.",
        )
        raise Refusal("feed_columns_repeated", text.format(c=", ".join(twice)), field=twice[0])


def columns_missing(found: Sequence[str], required: Sequence[str]) -> Refusal:
    """The refusal of a file in which no header row with the required columns was found."""
    missing = [name for name in required if name not in found]
    text = Text("文件中没有所需的列：{m}；表头为：{f}。", "The file lacks columns: {m}; its header is: {f}.").format(
        m=", ".join(missing), f=_in_short(found) or "-"
    )
    return Refusal("feed_columns_missing", text, field=missing[0] if missing else "header")


def _in_short(names: Sequence[str]) -> str:
    """The names for a sentence: the first of many, and of a long one the beginning."""
    short = [name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "…" for name in names[:MOST_NAMES]]
    return ", ".join(short) + (f", … ({len(names)})" if len(names) > MOST_NAMES else "")


def _key(name: str) -> str:
    return trimmed(name).casefold()
