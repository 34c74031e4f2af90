"""JSON as a table of text: one object is one row, what is nested is named `outer.inner`, numbers stay as written."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.encodings import utf8_blocks
from tanhui.steps.collect.parts import FileShape
from tanhui.steps.collect.table import ROW, Chunk, Table, columns_missing, named

CHUNK_ROWS = 50_000
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_Item = tuple[int, Any]


def open_json(stream: IO[bytes], shape: FileShape, *, required: Sequence[str]) -> Table:
    """The array of objects in a JSON document, at the mapping's `records` path or else the first array of objects found.

    The whole document is in memory; `row` is the number of the object, from 1. Raises `Refusal`.
    """
    text = b"".join(block.data for block in utf8_blocks(stream, encoding=shape.encoding))
    try:
        content = _loads(text.decode("utf-8", "replace"))
    except json.JSONDecodeError as problem:
        sentence = Text("第 {n} 行不是合法的 JSON。", "line {n} is not valid JSON.").format(n=problem.lineno)
        raise Refusal("file_unreadable", sentence, field="file") from problem
    items = list(enumerate(_records(content, shape.records), 1))
    return _table(items, [], shape, required)


def open_ndjson(stream: IO[bytes], shape: FileShape, *, required: Sequence[str]) -> Table:
    """One JSON object per line; a line that is none is bad by itself. Raises `Refusal`."""
    return _streamed(_lines(stream, shape), shape, required)


def _loads(text: str) -> Any:
    try:
        content = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError as problem:
        raise json.JSONDecodeError("nested too deeply", text[:1], 0) from problem
    return _whole(content) if _SURROGATE.search(text) else content


def _whole(value: Any) -> Any:
    """The same with half characters, which JSON can escape and no text can hold, replaced by the sign for them."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_whole(item) for item in value]
        case dict():
            return {_whole(key): _whole(item) for key, item in value.items()}
    return value


def _lines(stream: IO[bytes], shape: FileShape) -> Iterator[tuple[list[_Item], list[tuple[int, str]]]]:
    number, items, bad, carry = 0, list[_Item](), list[tuple[int, str]](), b""
    blocks = utf8_blocks(stream, encoding=shape.encoding)
    for block in blocks:
        *lines, carry = (carry + block.data).split(b"\n")
        for line in lines:
            number += 1
            _read(line, number, items, bad)
            if len(items) + len(bad) >= CHUNK_ROWS:
                yield items, bad
                items, bad = [], []
    _read(carry, number + 1, items, bad)
    yield items, bad


def _read(line: bytes, number: int, items: list[_Item], bad: list[tuple[int, str]]) -> None:
    if not line.strip():
        return
    text = line.decode("utf-8", "replace")
    try:
        item = _loads(text)
    except json.JSONDecodeError:
        item = None
    if isinstance(item, dict):
        items.append((number, item))
    else:
        bad.append((number, text.strip()))


def _records(content: Any, path: str | None) -> Iterable[Any]:
    for key in path.split(".") if path else ():
        content = content.get(key) if isinstance(content, dict) else None
    if isinstance(content, dict) and not path:
        content = next((v for v in content.values() if isinstance(v, list) and v and isinstance(v[0], dict)), [content])
    if not isinstance(content, list):
        text = Text("JSON 中没有记录数组（{p}）。", "The JSON holds no array of records ({p}).").format(p=path or "/")
        raise Refusal("file_unreadable", text, field="file.records")
    return content


def _table(items: list[_Item], bad: list[tuple[int, str]], shape: FileShape, required: Sequence[str]) -> Table:
    def parts() -> Iterator[tuple[list[_Item], list[tuple[int, str]]]]:
        good = [item for item in items if isinstance(item[1], dict)]
        odd = [(number, json.dumps(item, ensure_ascii=False)) for number, item in items if not isinstance(item, dict)]
        for start in range(0, max(len(good), 1), CHUNK_ROWS):
            yield good[start : start + CHUNK_ROWS], [*bad, *odd] if start == 0 else []

    return _streamed(parts(), shape, required)


def _streamed(
    parts: Iterator[tuple[list[_Item], list[tuple[int, str]]]], shape: FileShape, required: Sequence[str]
) -> Table:
    """The columns are those of the first part, and those the mapping wants; a key that appears only later is not read."""
    first = next(parts, ([], []))
    flat = [_flatten(item) for _, item in first[0]]
    keys = list(dict.fromkeys(key for row in flat for key in row))
    names = named(keys, shape, required)
    if not set(required) <= set(names):
        raise columns_missing(names, required)

    def chunks() -> Iterator[Chunk]:
        yield _chunk(first[0], flat, first[1], keys, names)
        for items, bad in parts:
            yield _chunk(items, [_flatten(item) for _, item in items], bad, keys, names)

    return Table(names, "", chunks())


def _chunk(
    items: list[_Item],
    flat: list[dict[str, str]],
    bad: list[tuple[int, str]],
    keys: Sequence[str],
    names: Sequence[str],
) -> Chunk:
    columns = {name: [row.get(key) for row in flat] for key, name in zip(keys, names, strict=True)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
    return Chunk(frame.with_columns(pl.Series(ROW, [number for number, _ in items], dtype=pl.Int64)), bad)


def _flatten(item: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in item.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        elif isinstance(value, bool):
            flat[prefix + key] = "true" if value else "false"
        elif isinstance(value, list):
            flat[prefix + key] = json.dumps(value, ensure_ascii=False)
        elif value is not None:
            flat[prefix + key] = value
    return flat
