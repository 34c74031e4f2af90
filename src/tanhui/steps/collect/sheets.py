"""Spreadsheets and Parquet as tables of text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import fastexcel
import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.parts import FileShape
from tanhui.steps.collect.table import MOST_PREAMBLE_LINES, ROW, Chunk, Table, columns_missing, named, refuse_repeated
from tanhui.steps.collect.types import Notice

CHUNK_ROWS = 100_000


@dataclass(frozen=True)
class _Sheet:
    """A sheet that holds rows of the feed: its columns, what stands before them, and where it begins in the file's rows."""

    title: str
    names: tuple[str, ...]
    before: pl.DataFrame
    rows: pl.DataFrame
    first: int

    @property
    def place(self) -> str:
        """Its name, and the numbers that its rows have in messages."""
        return f"{self.title} ({self.first}–{self.first + self.rows.height - 1})"


def open_workbook(path: Path, shape: FileShape, *, required: Sequence[str]) -> Table:
    """The table in the sheet named by the mapping, or else in every sheet that has the required columns, one after the other.

    A cell's text is what the spreadsheet stores, a date as `YYYY-MM-DD hh:mm:ss`. The rows of a later sheet are counted on
    from the last line of those before it; a notice tells which sheets were read and which were not. Raises `Refusal`.
    """
    sheets, left_out = list[_Sheet](), list[str]()
    nearest, lines = tuple[str, ...](), 0
    for title, frame in _sheets(path, shape.sheet):
        names, number = _header(frame, shape, required)
        if number is None:
            nearest = max(nearest, names, key=lambda names: len(set(names) & set(required)))
            left_out += [title] if frame.height else []
            continue
        sheets.append(_Sheet(title, names, frame.head(number), frame[number + 1 :], lines + number + 2))
        lines += frame.height
        if not required:  # whoever asks for nothing looks at the first
            break
    if not sheets:
        raise columns_missing(nearest, required)
    columns = tuple(dict.fromkeys(name for sheet in sheets for name in sheet.names))
    preamble = "\n".join(",".join(cell or "" for cell in row) for row in sheets[0].before.iter_rows())
    chunks = (chunk for s in sheets for chunk in _slices(s.rows, s.names, first=s.first, columns=columns))
    told = len(sheets) > 1 or bool(left_out)
    return Table(columns, preamble, chunks, (_sheets_read(sheets, left_out),) if told else ())


def _sheets(path: Path, wanted: str | None) -> Iterator[tuple[str, pl.DataFrame]]:
    try:
        workbook = fastexcel.read_excel(path)
        for title in [wanted] if wanted else workbook.sheet_names:
            yield title, workbook.load_sheet(title, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as problem:
        text = Text(
            "无法读取电子表格 {p}：可能已损坏、设有密码，或没有所需的工作表。",
            "The spreadsheet {p} cannot be read: it may be damaged, locked by a password, or lack the sheet asked for.",
        )
        raise Refusal("file_unreadable", text.format(p=path.name), field="file") from problem


def _header(frame: pl.DataFrame, shape: FileShape, required: Sequence[str]) -> tuple[tuple[str, ...], int | None]:
    """The columns with the place of the header row; without one, the columns of the row that comes nearest."""
    nearest: tuple[str, ...] = ()
    for number, row in enumerate(frame.head(MOST_PREAMBLE_LINES).iter_rows()):
        cells = [cell or "" for cell in row]
        names = named(cells, shape, required)
        if set(required) <= set(names):
            refuse_repeated(cells, shape, required)
            return names, number
        nearest = max(nearest, names, key=lambda names: len(set(names) & set(required)))
    return nearest, None


def _sheets_read(sheets: Sequence[_Sheet], left_out: Sequence[str]) -> Notice:
    read, others = "; ".join(sheet.place for sheet in sheets), "; ".join(left_out)
    text = Text("读取的工作表（行号）：{r}。", "Sheets read (numbers of their rows): {r}.").format(r=read)
    if left_out:
        more = Text("没有所需的列而未读：{o}。", " Left out, since they lack the columns: {o}.").format(o=others)
        text = Text(text.zh + more.zh, text.en + more.en)
    return Notice("sheets_read", text, warning=False)


def open_parquet(stream: IO[bytes], shape: FileShape, *, required: Sequence[str]) -> Table:
    """The table of a Parquet file; times with a zone are written with their offset, so read them as iso8601."""
    try:
        frame = pl.read_parquet(stream)
    except pl.exceptions.ComputeError as problem:
        text = Text("无法读取 Parquet 文件。", "The Parquet file cannot be read.")
        raise Refusal("file_unreadable", text, field="file") from problem
    names = named(frame.columns, shape, required)
    if not set(required) <= set(names):
        raise columns_missing(names, required)
    return Table(names, "", _slices(frame, names, first=1, columns=names))


def _slices(frame: pl.DataFrame, names: Sequence[str], *, first: int, columns: Sequence[str]) -> Iterator[Chunk]:
    """The frame's rows under `names` in chunks that have all of `columns`."""
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in columns if name not in names]
    for start in range(0, frame.height, CHUNK_ROWS):
        part = frame.slice(start, CHUNK_ROWS).select(
            [_text(frame.schema[old], pl.col(old)).alias(new) for old, new in zip(frame.columns, names, strict=True)]
        )
        part = part.with_columns(absent).select(columns)
        part = part.with_columns(pl.int_range(first + start, first + start + part.height, dtype=pl.Int64).alias(ROW))
        yield Chunk(part.filter(~pl.all_horizontal(pl.col(name).fill_null("") == "" for name in names)))


def _text(kind: pl.DataType, column: pl.Expr) -> pl.Expr:
    if isinstance(kind, pl.Datetime):
        return column.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f%z" if kind.time_zone else "%Y-%m-%d %H:%M:%S")
    if kind.is_nested() or kind == pl.Binary:
        return pl.lit(None, dtype=pl.String)
    return column.cast(pl.String)
