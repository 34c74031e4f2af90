"""Rows of one act made one record (the lines of an invoice), and rows taken back by later ones."""

from collections import defaultdict

import polars as pl

from tanhui.steps.collect.checks import CHECK
from tanhui.steps.collect.plan import Plan
from tanhui.steps.collect.readings import QUOTED
from tanhui.steps.collect.records import schema_of
from tanhui.steps.collect.table import ROW

KEY = "\x01key"
QUANTITY = "\x01quantity"
WHEN = "\x01when"


def cancelled_rows(rows: pl.DataFrame, cancels: pl.DataFrame) -> pl.DataFrame:
    """The rows that later rows take back (CHECK 0), those that do so (1), and those that find none to take back (2).

    Each cancellation takes the latest row before it in time, of the same key and the same quantity (whatever its sign), that
    none has taken yet. A row taken back only in part still counts.
    """
    wanted = cancels.drop_nulls()
    events = pl.concat(
        [
            rows.select(ROW, KEY, QUANTITY, WHEN).join(wanted, on=[KEY, QUANTITY], how="semi").with_columns(back=False),
            wanted.select(ROW, KEY, QUANTITY, WHEN).with_columns(back=True),
        ],
        how="vertical_relaxed",
    ).sort(WHEN, "back", ROW)
    open_rows: dict[tuple[str, int], list[int]] = defaultdict(list)
    taken: list[tuple[int, int]] = []
    for row, key, quantity, _, back in events.iter_rows():
        stack = open_rows[key, quantity]
        if not back:
            stack.append(row)
        elif stack:
            taken.append((stack.pop(), row))
    taking = {row for _, row in taken}
    found = [(row, 0) for row, _ in taken] + [(row, 1 if row in taking else 2) for row in cancels[ROW].to_list()]
    return pl.DataFrame(sorted(found), schema={ROW: pl.Int64, CHECK: pl.Int32}, orient="row").with_columns(
        pl.lit(None, dtype=pl.String).alias(QUOTED)
    )


def first_of_each(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    """One record per group, as its first row says, with the number of rows behind it."""
    names = list(schema_of(plan))
    if not plan.mapping.group:
        return rows.select(names)
    by = [f"\x01by:{name}" for name in plan.mapping.group]
    others = [pl.col(name).first() for name in names if name != "rows"]
    return rows.group_by(by, maintain_order=True).agg(*others, pl.col("rows").sum()).select(names)
