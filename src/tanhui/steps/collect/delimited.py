"""CSV and its kin as a table: separator, encoding, preamble and header found; rows in chunks, each with its line number."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt
import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.encodings import BLOCK_BYTES, REPLACED, Block, utf8_blocks
from tanhui.steps.collect.lines import read_lines, split_line
from tanhui.steps.collect.parts import FileShape
from tanhui.steps.collect.scan import Records, scan
from tanhui.steps.collect.table import (
    MOST_PREAMBLE_LINES,
    ROW,
    Chunk,
    Table,
    columns_missing,
    named,
    refuse_repeated,
    trimmed,
)

SEPARATORS = (",", ";", "\t", "|")
_TASTE = 4096


@dataclass(frozen=True)
class _Layout:
    separator: str
    quote: str
    columns: tuple[str, ...]
    skip: int
    """How many lines stand before the first row."""


def open_delimited(
    stream: IO[bytes], shape: FileShape, *, required: Sequence[str], block_bytes: int = BLOCK_BYTES
) -> Table:
    """The table in a delimited text. Raises `Refusal` when it is empty, no text, or no header row holds the required columns."""
    blocks = _with_newlines(utf8_blocks(stream, encoding=shape.encoding, block_bytes=block_bytes))
    first = next(blocks, Block(b"", damaged=False))
    _refuse_no_text(first.data[:_TASTE].decode("utf-8", "replace"))
    head = first.data.split(b"\n", MOST_PREAMBLE_LINES)[:MOST_PREAMBLE_LINES]
    lines = [line.decode("utf-8", "replace") for line in head]
    layout = _layout(lines, shape, required)
    preamble = "\n".join(lines[: max(layout.skip - (not shape.columns), 0)])
    chunks = _chunks(first, blocks, layout)
    if shape.trailer is not None:
        chunks = (_without_trailer(chunk, shape.trailer) for chunk in chunks)
    return Table(layout.columns, preamble, chunks)


def _refuse_no_text(head: str) -> None:
    if not trimmed(head):
        raise Refusal("file_unreadable", Text("文件是空的。", "The file is empty."), field="file")
    controls = sum(character < " " and character not in "\t\n\r\f\v" for character in head)
    if controls * 10 > len(head):
        text = Text(
            "文件不是文本，也不是能识别的表格。", "The file is neither text nor any kind of table that is known."
        )
        raise Refusal("file_unreadable", text, field="file")


def _without_trailer(chunk: Chunk, trailer: str) -> Chunk:
    """The chunk without the lines that the mapping calls a trailer: they are no rows."""
    begins = pl.nth(0).str.contains(trailer).fill_null(value=False)
    return Chunk(chunk.frame.filter(~begins), [row for row in chunk.bad if not re.search(trailer, row[1])])


def _with_newlines(blocks: Iterator[Block]) -> Iterator[Block]:
    """Every line end as a single newline; also where lines end with a carriage return only."""
    old_mac: bool | None = None
    for data, damaged in blocks:
        if old_mac is None:
            old_mac = b"\r" in data and b"\n" not in data
        yield Block(data.replace(b"\r", b"\n") if old_mac else data.replace(b"\r\n", b"\n"), damaged)


def _layout(lines: Sequence[str], shape: FileShape, required: Sequence[str]) -> _Layout:
    separators = (shape.delimiter,) if shape.delimiter else SEPARATORS
    if shape.columns:
        best = max(separators, key=lambda s: len(split_line(lines[0], separator=s, quote=shape.quote)))
        return _Layout(best, shape.quote, shape.columns, 0)
    nearest: tuple[str, ...] = ()
    for separator in separators:
        for number, line in enumerate(lines):
            cells = split_line(line, separator=separator, quote=shape.quote)
            names = named(cells, shape, required)
            if set(required) <= set(names):
                refuse_repeated(cells, shape, required)
                return _Layout(separator, shape.quote, names, number + 1)
            nearest = max(nearest, names, key=lambda names: (len(set(names) & set(required)), len(names)))
    raise columns_missing(nearest, required)


def _chunks(first: Block, blocks: Iterator[Block], layout: _Layout) -> Iterator[Chunk]:
    skipped = first.data.split(b"\n", layout.skip)
    carry = skipped[layout.skip] if len(skipped) > layout.skip else b""
    line, damaged, width = layout.skip + 1, first.damaged, 0
    while True:
        block = next(blocks, None)
        final = block is None
        data = carry + b"\n" if final and carry and not carry.endswith(b"\n") else carry
        if data:
            width = width or _width(data, layout)
            chunk, consumed, lines = _parse(data, layout, width, line, damaged=damaged, final=final)
            if chunk is not None:
                yield chunk
            carry, line = data[consumed:], line + lines
        if block is None:
            return
        carry, damaged = carry + block.data, block.damaged or (damaged and bool(carry))


def _width(data: bytes, layout: _Layout) -> int:
    """How many cells most rows have: some exports end every row, but not the header, with a separator."""
    cells = scan(data[: 1 << 18], separator=layout.separator, quote=layout.quote).cells
    most = int(np.bincount(cells).argmax()) if cells.size else 0
    return max(most, len(layout.columns)) if most <= len(layout.columns) + 2 else len(layout.columns)


def _parse(
    data: bytes, layout: _Layout, width: int, line: int, *, damaged: bool, final: bool
) -> tuple[Chunk | None, int, int]:
    records = scan(data, separator=layout.separator, quote=layout.quote)
    endless = len(data) - records.consumed > BLOCK_BYTES // 8 or (final and records.consumed < len(data))
    if records.regular and not endless:
        chunk = _fast(data, records, layout, width, line, damaged=damaged) if records.start.size else None
        return chunk, records.consumed, records.lines
    return _slow(data, layout, line, damaged=damaged, final=final)


def _fast(data: bytes, records: Records, layout: _Layout, width: int, line: int, *, damaged: bool) -> Chunk:
    length = records.end - records.start
    blank = length < records.cells
    good = (records.cells >= len(layout.columns)) & (records.cells <= width) & ~blank
    if damaged:
        good &= ~_holding(data, records, REPLACED)
    widths = np.unique(records.cells[good])  # with or without the separator at the end, or some of each
    frame = None
    if widths.size <= 1:
        frame = _frame(_keep(data, records, good), layout, int(widths[0]) if widths.size else width)
    if frame is None or frame.height != int(good.sum()):
        chunk = _slow(data[: records.consumed], layout, line, damaged=damaged, final=True)[0]
        assert chunk is not None
        return chunk
    frame = frame.with_columns(pl.Series(ROW, records.line[good] + line, dtype=pl.Int64))
    wrong = np.flatnonzero(~good & ~blank)
    bad = [(int(records.line[i]) + line, _text(data, records, i)) for i in wrong.tolist()]
    return _without_extras(Chunk(frame, bad), layout)


def _frame(data: bytes, layout: _Layout, width: int) -> pl.DataFrame:
    names = [*layout.columns, *(f"\x01extra{n}" for n in range(width - len(layout.columns)))]
    if not data:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    quoted = layout.quote if layout.quote and layout.quote.encode() in data else None
    return pl.read_csv(
        data, has_header=False, schema=dict.fromkeys(names, pl.String), separator=layout.separator, quote_char=quoted,
        infer_schema=False, encoding="utf8",
    )  # fmt: skip


def _without_extras(chunk: Chunk, layout: _Layout) -> Chunk:
    """Rows whose cells beyond the header hold something are bad; the empty cells are dropped."""
    extras = [name for name in chunk.frame.columns if name.startswith("\x01extra")]
    if not extras:
        return chunk
    full = chunk.frame.select(
        pl.any_horizontal(pl.col(name).str.strip_chars().fill_null("") != "" for name in extras)
    ).to_series()
    odd = chunk.frame.filter(full)
    bad = [(row[-1], layout.separator.join(cell or "" for cell in row[:-1])) for row in odd.iter_rows()]
    return Chunk(chunk.frame.filter(~full).drop(extras), sorted(chunk.bad + bad))


def _slow(data: bytes, layout: _Layout, line: int, *, damaged: bool, final: bool) -> tuple[Chunk | None, int, int]:
    found = read_lines(
        data, separator=layout.separator, quote=layout.quote, width=len(layout.columns), final=final
    )  # fmt: skip
    rows, bad = found.rows, [(line + number, text) for number, text in found.bad]
    if damaged:
        bad += [(line + r.line, layout.separator.join(r.cells)) for r in rows if any("�" in c for c in r.cells)]
        rows = [r for r in rows if not any("�" in c for c in r.cells)]
    rows = [r for r in rows if any(r.cells)]
    frame = pl.DataFrame([r.cells for r in rows], schema=dict.fromkeys(layout.columns, pl.String), orient="row")
    frame = frame.with_columns(pl.Series(ROW, [r.line + line for r in rows], dtype=pl.Int64))
    return Chunk(frame, sorted(bad)), found.consumed, found.lines


def _keep(data: bytes, records: Records, good: npt.NDArray[np.bool_]) -> bytes:
    """The bytes of the good records only, copied run by run."""
    if good.all():
        return data[: records.consumed]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    return b"".join(
        data[int(records.start[first]) : int(records.end[last - 1]) + 1]
        for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    )


def _holding(data: bytes, records: Records, what: bytes) -> npt.NDArray[np.bool_]:
    holding = np.zeros(records.start.size, dtype=np.bool_)
    place = data.find(what)
    while place != -1:
        number = int(np.searchsorted(records.end, place))
        if number >= holding.size:
            break
        holding[number] = True
        place = data.find(what, int(records.end[number]))
    return holding


def _text(data: bytes, records: Records, number: int) -> str:
    return data[int(records.start[number]) : int(records.end[number])].decode("utf-8", "replace")
