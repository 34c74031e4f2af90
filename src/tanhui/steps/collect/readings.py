"""Meter readings folded to months: per person and month the quantity, how much of the month is covered, and the rows.

`sum` adds what each interval used; `register` takes the difference of a counter that only rises. Readings that repeat,
contradict, run backward or jump are refused one by one, and what lies between them counts as not covered. So does a day
without any use when the mapping says that it is `missing`: an empty home saves nothing, and a meter may have stood still.
"""

from typing import TYPE_CHECKING

import polars as pl

from tanhui.steps.collect.checks import CHECK, Check
from tanhui.steps.collect.numbers import BILLION
from tanhui.steps.collect.plan import READING
from tanhui.steps.collect.table import ROW

if TYPE_CHECKING:
    from tanhui.steps.collect.parts import Aggregate

QUOTED = "\x01quoted"
AT_A_TIME = 500_000
_PERSON_TIME = ("subject", "occurred_at")
_DUPLICATE, _CONFLICT, _ROLLBACK, _JUMP = range(4)


def late_checks(aggregate: "Aggregate") -> list[Check]:
    """What a reading can be refused for once those beside it are known."""
    quoted = pl.col(QUOTED)
    always = pl.lit(value=True)
    return [
        Check("duplicate_reading", always, aggregate.field),
        Check("conflicting_reading", always, aggregate.field),
        Check("meter_rollback", always, aggregate.field, quoted),
        Check("meter_jump", always, aggregate.field, quoted, {"most": aggregate.most_per_hour or ""}),
    ]


def fold_readings(readings: pl.DataFrame, aggregate: "Aggregate", zone: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Months (subject, month, total in billionths, covered_s, row, rows), and the refused readings (ROW, CHECK, QUOTED).

    Some people's readings are folded at a time, which bounds the memory.
    """
    people = readings.group_by("subject").len().with_columns((pl.col("len").cum_sum() // AT_A_TIME).alias("part"))
    folded = [
        _fold(readings.join(part.select("subject"), on="subject", how="semi"), aggregate, zone)
        for part in people.partition_by("part")
    ] or [_fold(readings, aggregate, zone)]
    months, late = (pl.concat(frames) for frames in zip(*folded, strict=True))
    return months.sort(pl.col("subject").cast(pl.String), "month"), late


def _fold(readings: pl.DataFrame, aggregate: "Aggregate", zone: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    ordered = readings.sort(*_PERSON_TIME, ROW)
    repeated = ~pl.struct(_PERSON_TIME).is_first_distinct()
    same = pl.col(READING) == pl.col(READING).first().over(_PERSON_TIME)
    ordered = ordered.with_columns(
        pl.when(repeated).then(pl.when(same).then(_DUPLICATE).otherwise(_CONFLICT)).cast(pl.Int32).alias(CHECK)
    )
    late = [ordered.filter(pl.col(CHECK).is_not_null()).select(ROW, CHECK, pl.lit(None, pl.String).alias(QUOTED))]
    single = ordered.filter(pl.col(CHECK).is_null()).drop(CHECK)
    if aggregate.kind == "sum":
        parts = _intervals(single, aggregate, zone)
    else:
        single = _differences(single, aggregate)
        late.append(single.filter(pl.col(CHECK).is_not_null()).select(ROW, CHECK, QUOTED))
        parts = _shares(single.filter(pl.col(CHECK).is_null()), aggregate, zone)
    months = parts.group_by("subject", "month").agg(
        pl.col("total").sum(), pl.col("covered_s").sum(), pl.col(ROW).min().alias("row"), pl.col("rows").sum()
    )
    return months, pl.concat(late)


def _intervals(readings: pl.DataFrame, aggregate: "Aggregate", zone: str) -> pl.DataFrame:
    seconds = aggregate.every_min * 60
    began = pl.col("occurred_at")
    began = began - pl.duration(seconds=seconds) if aggregate.label == "end" else began
    return readings.select(
        "subject", _month(began, zone).alias("month"), pl.col(READING).alias("total"),
        _if_counted(READING, began, aggregate, zone, pl.lit(seconds, dtype=pl.Int64)).alias("covered_s"),
        ROW, pl.lit(1, dtype=pl.Int64).alias("rows"),
    )  # fmt: skip


def _differences(readings: pl.DataFrame, aggregate: "Aggregate") -> pl.DataFrame:
    """Each reading with the rise since the one before (null for a person's first), marked where it cannot be so."""
    rise = pl.col(READING) - pl.col(READING).shift().over("subject")
    since = pl.col("occurred_at").shift().over("subject")
    frame = readings.with_columns(rise.alias("rise"), since.alias("since"))
    seconds = (pl.col("occurred_at") - pl.col("since")).dt.total_seconds().clip(lower_bound=aggregate.every_min * 60)
    jump = pl.lit(value=False)
    if aggregate.most_per_hour is not None:
        most = pl.lit(int(aggregate.most_per_hour), dtype=pl.Int128) * pl.lit(BILLION, dtype=pl.Int128)
        jump = pl.col("rise").cast(pl.Int128) * pl.lit(3600, dtype=pl.Int128) > most * seconds.cast(pl.Int128)
    amount = (pl.col("rise").abs().cast(pl.Float64) / BILLION).round(3).cast(pl.String).str.strip_suffix(".0")
    return frame.with_columns(
        pl.when(pl.col("rise") < 0).then(_ROLLBACK).when(jump).then(_JUMP).cast(pl.Int32).alias(CHECK),
        amount.alias(QUOTED),
    )


def _shares(readings: pl.DataFrame, aggregate: "Aggregate", zone: str) -> pl.DataFrame:
    """Each rise given to the month it fell in; over one turn of the month by the share of time; over more, to none."""
    frame = readings.with_columns(
        _month(pl.col("since"), zone).alias("m0"), _month(pl.col("occurred_at"), zone).alias("m1")
    )
    turn = _start(pl.col("m1"), zone)
    rows = pl.lit(1, dtype=pl.Int64).alias("rows")
    whole = (pl.col("occurred_at") - pl.col("since")).dt.total_seconds()
    adjacent = pl.col("m1") == pl.col("m0").dt.offset_by("1mo")
    within = pl.col("m1") == pl.col("m0")
    beyond = (pl.col("occurred_at") - turn).dt.total_seconds()
    late = pl.when(within).then(whole).when(adjacent).then(beyond).otherwise(None).fill_null(0)
    share = (pl.col("rise").cast(pl.Int128) * late.cast(pl.Int128) // whole.cast(pl.Int128)).cast(pl.Int64).fill_null(0)
    late_s, early_s = (
        _if_counted("rise", pl.col("occurred_at"), aggregate, zone, span) for span in (late, whole - late)
    )
    after = frame.select(
        "subject", pl.col("m1").alias("month"), share.alias("total"), late_s.alias("covered_s"), ROW, rows
    )
    before = frame.filter(adjacent).select(
        "subject", pl.col("m0").alias("month"), (pl.col("rise") - share).alias("total"),
        early_s.alias("covered_s"), ROW, pl.lit(0, dtype=pl.Int64).alias("rows"),
    )  # fmt: skip
    return pl.concat([after, before])


def _if_counted(amount: str, moment: pl.Expr, aggregate: "Aggregate", zone: str, span: pl.Expr) -> pl.Expr:
    """The span in seconds, or 0 on a local day without any use that the mapping calls missing."""
    if aggregate.empty_days == "used":
        return span
    day = moment.dt.convert_time_zone(zone).dt.date()
    return pl.when(pl.col(amount).sum().over(pl.col("subject"), day) > 0).then(span).otherwise(0)


def _month(moment: pl.Expr, zone: str) -> pl.Expr:
    return moment.dt.convert_time_zone(zone).dt.date().dt.month_start()


def _start(day: pl.Expr, zone: str) -> pl.Expr:
    return day.cast(pl.Datetime("us")).dt.replace_time_zone(zone, non_existent="null").dt.convert_time_zone("UTC")
