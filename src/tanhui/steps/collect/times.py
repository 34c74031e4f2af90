"""Local times from text, made UTC by the zone's own rules; what daylight saving leaves open is settled as declared."""

from collections.abc import Sequence
from typing import Literal

import polars as pl

UTC = pl.Datetime("us", "UTC")
_DAY_US = 86_400_000_000
_EXCEL_EPOCH_US = -2_209_161_600_000_000


def utc(
    text: pl.Expr,
    *,
    formats: Sequence[str],
    zone: str,
    ambiguous: Literal["earliest", "latest", "refuse"],
    nonexistent: Literal["shift", "refuse"],
) -> pl.Expr:
    """The time in UTC, read by the first format that fits; null when none does.

    An hour that happens twice is taken as declared; one that never happens is shifted forward by an hour or is null.
    `iso8601` times carry their own offset, or are local without one; `epoch_s`, `epoch_ms` and `excel_serial` are numbers.
    """
    found = [
        part
        for form in formats
        for part in _read(text, form, zone=zone, ambiguous=ambiguous, nonexistent=nonexistent)
    ]  # fmt: skip
    return pl.coalesce(found)


def _read(text: pl.Expr, form: str, *, zone: str, ambiguous: str, nonexistent: str) -> list[pl.Expr]:
    match form:
        case "iso8601":
            local = [
                _local(text.str.to_datetime(f, strict=False, time_unit="us"), zone, ambiguous, nonexistent)
                for f in ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d")
            ]
            return [text.str.to_datetime("%+", strict=False, time_unit="us", time_zone="UTC"), *local]
        case "epoch_s" | "epoch_ms":
            scale = 1_000_000 if form == "epoch_s" else 1000
            return [(text.cast(pl.Int64, strict=False) * scale).cast(UTC)]
        case "excel_serial":
            days = text.cast(pl.Decimal(38, 9), strict=False).to_physical()
            seconds = (days * pl.lit(86_400, dtype=pl.Int128) + pl.lit(500_000_000, dtype=pl.Int128)) // pl.lit(
                1_000_000_000, dtype=pl.Int128
            )
            stamp = (seconds.cast(pl.Int64) * 1_000_000 + _EXCEL_EPOCH_US).cast(pl.Datetime("us"))
            return [_local(stamp, zone, ambiguous, nonexistent)]
    return [_local(text.str.to_datetime(form, strict=False, time_unit="us"), zone, ambiguous, nonexistent)]


def _local(naive: pl.Expr, zone: str, ambiguous: str, nonexistent: str) -> pl.Expr:
    twice: Literal["earliest", "latest", "null"] = "null"
    if ambiguous != "refuse":
        twice = "earliest" if ambiguous == "earliest" else "latest"
    aware = naive.dt.replace_time_zone(zone, ambiguous=twice, non_existent="null")
    if nonexistent == "shift":
        later = naive.dt.offset_by("1h").dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
        known = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").is_not_null()
        aware = pl.when(known).then(aware).otherwise(later)
    return aware.dt.convert_time_zone("UTC")
