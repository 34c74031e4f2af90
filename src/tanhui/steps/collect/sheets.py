"""Spreadsheets and Parquet as tables of text."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import fastexcel
import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.parts import FileShape
from tanhui.steps.collect.table import MOST_PREAMBLE_LINES, ROW, Chunk, Table, columns_missing, named

CHUNK_ROWS = 100_000


def open_workbook(path: Path, shape: FileShape, *, required: Sequence[str]) -> Table:
    """The table in the sheet named by the mapping, or else in the first sheet that has the required columns.

    A cell's text is what the spreadsheet stores, a date as `YYYY-MM-DD hh:mm:ss`. Raises `Refusal`.
    """
    try:
        workbook = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as problem:
        text = Text("无法读取电子表格 {p}。", "The spreadsheet {p} cannot be read.").format(p=path.name)
        raise Refusal("file_unreadable", text, field="file") from problem
    nearest: tuple[str, ...] = ()
    for sheet in [shape.sheet] if shape.sheet else workbook.sheet_names:
        frame = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
        for number, cells in enumerate(frame.head(MOST_PREAMBLE_LINES).iter_rows()):
            names = named([cell or "" for cell in cells], shape, required)
            if set(required) <= set(names):
                preamble = "\n".join(",".join(cell or "" for cell in row) for row in frame.head(number).iter_rows())
                return Table(names, preamble, _slices(frame[number + 1 :], names, first=number + 2))
            nearest = max(nearest, names, key=lambda names: len(set(names) & set(required)))
    raise columns_missing(nearest, required)


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
    return Table(names, "", _slices(frame, names, first=1))


def _slices(frame: pl.DataFrame, names: Sequence[str], *, first: int) -> Iterator[Chunk]:
    for start in range(0, frame.height, CHUNK_ROWS):
        part = frame.slice(start, CHUNK_ROWS).select(
            [_text(frame.schema[old], pl.col(old)).alias(new) for old, new in zip(frame.columns, names, strict=True)]
        )
        part = part.with_columns(pl.int_range(first + start, first + start + part.height, dtype=pl.Int64).alias(ROW))
        yield Chunk(part.filter(~pl.all_horizontal(pl.col(name).fill_null("") == "" for name in names)))


def _text(kind: pl.DataType, column: pl.Expr) -> pl.Expr:
    if isinstance(kind, pl.Datetime):
        return column.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f%z" if kind.time_zone else "%Y-%m-%d %H:%M:%S")
    if kind.is_nested() or kind == pl.Binary:
        return pl.lit(None, dtype=pl.String)
    return column.cast(pl.String)
