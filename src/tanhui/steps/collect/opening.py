"""Any partner file opened as a table of text, by what it is and not by what it is called."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tanhui.steps.collect.delimited import open_delimited
from tanhui.steps.collect.encodings import BLOCK_BYTES
from tanhui.steps.collect.invoices import open_ubl
from tanhui.steps.collect.parts import FileShape
from tanhui.steps.collect.sheets import open_parquet, open_workbook
from tanhui.steps.collect.sources import format_of, unwrapped
from tanhui.steps.collect.table import Table
from tanhui.steps.collect.trees import open_json, open_ndjson


@contextmanager
def open_table(
    path: Path, shape: FileShape, *, required: Sequence[str], block_bytes: int = BLOCK_BYTES
) -> Iterator[Table]:
    """The file as a table with at least the required columns. Raises `Refusal` when it is no such file."""
    kind = shape.format or format_of(path, member=shape.member)
    if kind == "excel":
        yield open_workbook(path, shape, required=required)
        return
    with unwrapped(path, member=shape.member) as stream:
        match kind:
            case "parquet":
                yield open_parquet(stream, shape, required=required)
            case "json":
                yield open_json(stream, shape, required=required)
            case "ndjson":
                yield open_ndjson(stream, shape, required=required)
            case "ubl-xml":
                yield open_ubl(stream, required=required)
            case "delimited":
                yield open_delimited(stream, shape, required=required, block_bytes=block_bytes)
