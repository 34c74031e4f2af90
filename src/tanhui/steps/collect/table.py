"""A file as a table of text: its columns, what stands before them, and its rows in chunks of bounded size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.parts import FileShape

ROW = "\x01row"
"""The column of a chunk that holds the source line; no file has a column of that name."""
MOST_PREAMBLE_LINES = 200
_BLANKS = " \t\r\n\u00a0\u3000\ufeff"


@dataclass(frozen=True)
class Chunk:
    """Rows as they are written: ROW (Int64) and one String column per column of the file; and the rows that are none."""

    frame: pl.DataFrame
    bad: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A file opened: `columns` as the mapping calls them, the text of the `preamble`, and the `chunks`, once."""

    columns: tuple[str, ...]
    preamble: str
    chunks: Iterator[Chunk]


def trimmed(cell: str) -> str:
    """The cell without blanks, tabs, wide blanks and byte order marks around it."""
    return cell.strip(_BLANKS)


def trim(cell: pl.Expr) -> pl.Expr:
    """`trimmed` for a column."""
    return cell.str.strip_chars(_BLANKS)


def named(cells: Sequence[str], shape: FileShape, wanted: Iterable[str] = ()) -> tuple[str, ...]:
    """The header cells as the mapping calls them: trimmed, aliases resolved, unnamed and repeated ones numbered."""
    canonical = {_key(name): name for name in wanted}
    for name, others in shape.aliases.items():
        for other in (name, *others):
            canonical.setdefault(_key(other), name)
    names: list[str] = []
    given: set[str] = set()
    for number, cell in enumerate(cells, 1):
        name = canonical.get(_key(cell), trimmed(cell)) or f"column_{number}"
        names.append(name if name not in given else f"{name}_{number}")
        given.add(names[-1])
    return tuple(names)


def columns_missing(found: Sequence[str], required: Sequence[str]) -> Refusal:
    """The refusal of a file in which no header row with the required columns was found."""
    missing = [name for name in required if name not in found]
    text = Text("文件中没有所需的列：{m}；表头为：{f}。", "The file lacks columns: {m}; its header is: {f}.").format(
        m=", ".join(missing), f=", ".join(found) or "-"
    )
    return Refusal("feed_columns_missing", text, field=missing[0] if missing else "header")


def _key(name: str) -> str:
    return trimmed(name).casefold()
