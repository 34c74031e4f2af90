"""From a partner's file to checked records: every source row ends as part of a record or as refused, with its reason."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.checks import CHECK, Check, failing, refused, unreadable
from tanhui.steps.collect.controls import Controls, stated_person
from tanhui.steps.collect.encodings import BLOCK_BYTES
from tanhui.steps.collect.mapping import FeedMapping
from tanhui.steps.collect.opening import open_table
from tanhui.steps.collect.plan import Asked, Plan
from tanhui.steps.collect.records import empty_records, records_of
from tanhui.steps.collect.table import ROW, Chunk, Table
from tanhui.steps.collect.types import TAKING_BACK_COLUMNS, Fields, History, RecordBatch
from tanhui.steps.collect.validate import checks
from tanhui.steps.collect.whole import fold


def read_records(
    path: Path,
    mapping: FeedMapping,
    *,
    fields: Fields,
    now: datetime,
    not_before: date | None = None,
    subject: str | None = None,
    id_key: bytes = b"",
    history: History | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> Iterator[RecordBatch]:
    """The file in batches of bounded size, as it is read; a mapping that folds rows together gives its records at the end.

    `fields` says what each behavior must give (`fields_of`); `now` and `not_before` (the agreement's first day)
    bound when it may have happened; `subject` is the person of a file that names none; `id_key` keys the hash in record ids
    (see `RecordId`); `history` gives a household's earlier months for the baseline. The last batch has the control totals, and which sheets were read.
    Raises `Refusal` when the file cannot be read at all, or is not of the mapping's kind.
    """
    asked = Asked(fields, now, not_before, subject, id_key)
    with _opened(path, mapping, asked, block_bytes) as (table, plan):
        controls = Controls(plan, table.preamble)
        order = checks(plan)
        if mapping.aggregate or mapping.group or mapping.cancels:
            yield from fold(path, plan, table, order, controls, history=history, block_bytes=block_bytes)
        else:
            for chunk in table.chunks:
                yield _batch(plan, chunk, order, controls)
        yield RecordBatch(empty_records(plan), unreadable([]), (*table.notices, *controls.notices()))


def raw_rows(path: Path, mapping: FeedMapping, rows: Collection[int]) -> Iterator[tuple[int, dict[str, str]]]:
    """The cells of these rows as they are written, in the order of the file, from a second reading of it."""
    wanted = pl.DataFrame({ROW: sorted(rows)}, schema={ROW: pl.Int64})
    with open_table(path, mapping.file, required=mapping.required, block_bytes=BLOCK_BYTES) as table:
        for chunk in table.chunks:
            for cells in chunk.frame.join(wanted, on=ROW, how="semi", maintain_order="left").iter_rows(named=True):
                yield cells.pop(ROW), cells


@contextmanager
def _opened(path: Path, mapping: FeedMapping, asked: Asked, block_bytes: int) -> Iterator[tuple[Table, Plan]]:
    if asked.subject is not None and not mapping.person.argument:
        text = Text(
            "映射 {m} 的文件自带用户标识，不能另行指定用户。",
            "Files of the mapping {m} name the person themselves; none can be given.",
        ).format(m=mapping.name)
        raise Refusal("person_argument", text, field="person")
    with open_table(path, mapping.file, required=mapping.required, block_bytes=block_bytes) as table:
        subject = asked.subject or stated_person(mapping, table.preamble)
        yield table, Plan(mapping, asked, table.columns, subject=subject)


def _batch(plan: Plan, chunk: Chunk, order: list[Check], controls: Controls) -> RecordBatch:
    cells = plan.cells.clean(chunk.frame)
    controls.count(cells, chunk.bad)
    typed = plan.typed(cells)
    typed = typed.with_columns(failing(order))
    failed = typed.filter(pl.col(CHECK).is_not_null())
    out = refused(failed, order, chunk.frame)
    if chunk.bad:
        out = pl.concat([out, unreadable(chunk.bad)]).sort("row")
    records = records_of(plan, typed.filter(pl.col(CHECK).is_null()))
    return RecordBatch(records, out, taking_back=_taking_back(plan, failed, order))


def _taking_back(plan: Plan, failed: pl.DataFrame, order: list[Check]) -> pl.DataFrame:
    found = [pl.DataFrame(schema=TAKING_BACK_COLUMNS)]
    for number, check in enumerate(order):
        if check.takes_back is not None:
            back, rows = check.takes_back, failed.filter(pl.col(CHECK) == number)
            found.append(
                rows.select(
                    pl.col(ROW).alias("row"), plan.taken_back(back).alias("record_id"), "subject", plan.left(back).alias("left"),
                    pl.lit(check.field).alias("why"),
                )
            )  # fmt: skip
    return pl.concat(found)
