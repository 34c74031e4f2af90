"""The columns of records, from typed rows."""

import polars as pl

from tanhui.steps.collect.plan import Plan
from tanhui.steps.collect.table import ROW
from tanhui.steps.collect.types import RECORD_COLUMNS, STEPS


def schema_of(plan: Plan) -> dict[str, pl.DataType]:
    """The columns that this mapping's records have, with their types."""
    household: dict[str, pl.DataType] = {"household": pl.String()} if plan.mapping.household else {}
    return RECORD_COLUMNS | household | {STEPS + name: pl.Int64() for name in plan.field_names()}


def empty_records(plan: Plan) -> pl.DataFrame:
    """No records, with the columns that this mapping's records have."""
    return pl.DataFrame(schema=schema_of(plan))


def records_of(plan: Plan, typed: pl.DataFrame) -> pl.DataFrame:
    """The columns of a record, one row of the file behind each."""
    named = typed.with_columns(pl.col(ROW).alias("row"), pl.lit(1, dtype=pl.Int64).alias("rows"))
    return named.select(pl.col(name).cast(kind) for name, kind in schema_of(plan).items())
