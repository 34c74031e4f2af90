"""Mappings that fold rows together: the file is read to its end, holding only what is needed, then records are made.

Rows refused only then (a cancelled original, a meter running backward) are looked up in a second reading of the file, so
that their cells need not be kept.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from tanhui.core.text import Text
from tanhui.steps.collect.checks import CHECK, Check, failing, no_refused, refused, unreadable
from tanhui.steps.collect.controls import Controls
from tanhui.steps.collect.groups import KEY, QUANTITY, WHEN, cancelled_rows, first_of_each
from tanhui.steps.collect.months import monthly_records
from tanhui.steps.collect.opening import open_table
from tanhui.steps.collect.plan import READING, Plan
from tanhui.steps.collect.readings import QUOTED, fold_readings, late_checks
from tanhui.steps.collect.records import empty_records, records_of
from tanhui.steps.collect.table import ROW, Chunk, Table
from tanhui.steps.collect.types import History, RecordBatch

SLICE_ROWS = 100_000
_BY_CANCELS = (
    Check("cancelled", pl.lit(value=True), values={"why": Text("后面的一行取消了它", "a later row takes it back")}),
    Check("cancelled", pl.lit(value=True), values={"why": Text("该行取消先前的一行", "the row takes back an earlier one")}),
    Check(
        "original_uncertain", pl.lit(value=True),
        values={"why": Text("本文件中没有与之相符的在先的行", "no earlier row of this file is like it")},
    ),
)  # fmt: skip
"""What is taken back, by what, and what takes back nothing that is seen here; in the order of `groups.cancelled_rows`."""


def fold(
    path: Path,
    plan: Plan,
    table: Table,
    order: list[Check],
    controls: Controls,
    *,
    history: History | None,
    block_bytes: int,
) -> Iterator[RecordBatch]:
    """The batches of a mapping with `aggregate`, `group` or `cancels`: refused rows as they come, records at the end."""
    kept: list[pl.DataFrame] = []
    taken_back: list[pl.DataFrame] = []
    for chunk in table.chunks:
        out, good, cancels = _sift(plan, chunk, order, controls)
        kept.append(good)
        taken_back.append(cancels)
        yield RecordBatch(empty_records(plan), out)
    if not kept:
        return
    rows = pl.concat(kept)
    late = pl.DataFrame(schema={ROW: pl.Int64, CHECK: pl.Int32, QUOTED: pl.String})
    told = no_refused()
    if plan.mapping.aggregate:
        readings, late = fold_readings(rows, plan.mapping.aggregate, plan.mapping.zone)
        records, told = monthly_records(plan, readings, history=history)
    else:
        if plan.mapping.cancels:
            late = cancelled_rows(rows, pl.concat(taken_back))
            rows = rows.join(late, on=ROW, how="anti", maintain_order="left")
        records = first_of_each(plan, rows)
    checks = late_checks(plan.mapping.aggregate) if plan.mapping.aggregate else _BY_CANCELS
    yield from _second_reading(path, plan, late, checks, block_bytes)
    for start in range(0, max(records.height, 1), SLICE_ROWS):
        yield RecordBatch(records.slice(start, SLICE_ROWS), told if start == 0 else no_refused())


def _sift(
    plan: Plan, chunk: Chunk, order: Sequence[Check], controls: Controls
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The rows refused at once, the rows to be folded, and the rows that take back others."""
    cells = plan.cells.clean(chunk.frame)
    controls.count(cells, chunk.bad)
    typed = plan.typed(cells).with_columns(failing(order))
    told = pl.col(CHECK).is_not_null()
    if plan.mapping.cancels:  # how those end is known when the whole file is
        told &= ~plan.cells.holds(plan.mapping.cancels.when)
    out = refused(typed.filter(told), order, chunk.frame)
    if chunk.bad:
        out = pl.concat([out, unreadable(chunk.bad)]).sort("row")
    good = typed.filter(pl.col(CHECK).is_null())
    if plan.mapping.aggregate:
        columns = [ROW, pl.col("subject").cast(pl.Categorical), "occurred_at", READING]
        return out, good.select(columns), pl.DataFrame()
    keys = _keys(plan)
    group = [pl.col(name).alias(f"\x01by:{name}") for name in plan.mapping.group]
    records = records_of(plan, good)
    extra = good.select(ROW, *keys, *group)
    cancels = typed.filter(plan.cells.holds(plan.mapping.cancels.when)) if plan.mapping.cancels else typed.clear()
    return out, pl.concat([records, extra], how="horizontal"), cancels.select(ROW, *keys)


def _keys(plan: Plan) -> list[pl.Expr]:
    cancels = plan.mapping.cancels
    if cancels is None:
        return []
    key = pl.concat_str([pl.col(name).fill_null("") for name in cancels.same], separator="\x1f")
    number = plan.cells.number(cancels.quantity).cast(pl.Decimal(38, 9), strict=False).to_physical()
    return [
        key.alias(KEY),
        number.cast(pl.Int64, strict=False).abs().alias(QUANTITY),
        pl.col("occurred_at").alias(WHEN),
    ]


def _second_reading(
    path: Path, plan: Plan, late: pl.DataFrame, checks: Sequence[Check], block_bytes: int
) -> Iterator[RecordBatch]:
    if late.is_empty():
        return
    with open_table(path, plan.mapping.file, required=plan.mapping.required, block_bytes=block_bytes) as table:
        for chunk in table.chunks:
            here = late.join(chunk.frame.select(ROW), on=ROW, how="semi")
            if here.height:
                yield RecordBatch(empty_records(plan), refused(here, checks, chunk.frame))
