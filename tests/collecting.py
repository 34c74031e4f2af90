"""Reading small hand-made feeds in tests: the fields that behaviors ask for, and a file's whole result at once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from tanhui.core.methodology import ActivityField
from tanhui.core.text import Text
from tanhui.steps.collect.mapping import FeedMapping, load_mapping, mapping_named
from tanhui.steps.collect.read import read_records
from tanhui.steps.collect.types import BehaviorFields, Notice

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def field(name: str, unit: str, step: str, least: str, most: str, rounding: str = "down") -> ActivityField:
    return ActivityField(name, unit, unit, Fraction(step), Fraction(least), Fraction(most), rounding, Text(name, name))  # type: ignore[arg-type]


DISTANCE = field("distance_km", "km", "0.001", "0.1", "100")
RIDES = field("rides", "ride", "1", "1", "20")
STEPS = field("steps", "step", "1", "1", "100000")
ENERGY = field("energy_kwh", "kWh", "0.001", "0", "10000", "up")
BASELINE_ENERGY = field("baseline_energy_kwh", "kWh", "0.001", "0", "10000")
WATER = field("water_m3", "m3", "0.001", "0", "1000", "up")
BASELINE_WATER = field("baseline_water_m3", "m3", "0.001", "0", "1000")
DURATION = field("duration_h", "h", "0.0001", "0.01", "8")


def _of(*fields: ActivityField, variant: str = "only", speed: str | None = None) -> BehaviorFields:
    named = {f.name: f for f in fields}
    return BehaviorFields(named, {variant: tuple(named)}, Fraction(speed) if speed else None)


def _count(unit: str) -> BehaviorFields:
    return _of(field("count", unit, "1", "1", "1000"))


FIELDS = {
    7: _count("order"),
    10: _of(WATER, DURATION, variant="shower"),
    12: _of(ENERGY, BASELINE_ENERGY),
    13: _of(WATER, BASELINE_WATER),
    16: _of(STEPS),
    17: _of(DISTANCE, DURATION, variant="distance", speed="30"),
    18: _of(RIDES, variant="ride"),
    19: _of(RIDES, variant="ride"),
    22: _of(field("energy_kwh", "kWh", "0.001", "0.01", "500")),
    25: _count("payment"),
    28: _count("bill"),
    34: _count("payment"),
    35: _count("item"),
    42: _count("order"),
    44: _count("parcel"),
}


@dataclass(frozen=True)
class Read:
    """A file read to its end."""

    records: pl.DataFrame
    refused: pl.DataFrame
    notices: tuple[Notice, ...]
    taking_back: pl.DataFrame

    @property
    def rows(self) -> int:
        return int(self.records["rows"].sum()) + int(self.refused["rows"].sum())

    @property
    def reasons(self) -> list[tuple[int, str]]:
        return list(self.refused.sort("row").select("row", "reason").iter_rows())

    def column(self, name: str) -> list[Any]:
        return self.records.sort("row")[name].to_list()


def read(path: Path, mapping: FeedMapping | str, **asked: Any) -> Read:
    chosen = mapping_named(mapping) if isinstance(mapping, str) else mapping
    batches = list(read_records(path, chosen, **({"fields": FIELDS, "now": NOW} | asked)))
    return Read(
        pl.concat([batch.records for batch in batches]),
        pl.concat([batch.refused for batch in batches]),
        tuple(notice for batch in batches for notice in batch.notices),
        pl.concat([batch.taking_back for batch in batches]),
    )


def write(tmp_path: Path, content: str | bytes, name: str = "feed.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


PLAIN = """
schema: tanhui/feed/1
name: plain
title: {zh: 骑行, en: rides}
person: {columns: [user]}
record: {columns: [id]}
occurred_at: {columns: [at], formats: ["%Y-%m-%d %H:%M"]}
region: {constant: "310000"}
behavior: {constant: 17}
duration: {column: minutes, unit: min}
fields:
  distance_km: {column: m, unit: m}
  duration_h: {column: minutes, unit: min}
"""
HEADER = "id,user,at,m,minutes"
GOOD = "1,anna,2024-05-01 08:00,2500.5,20"


def mapping(tmp_path: Path, text: str = PLAIN) -> FeedMapping:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


SINCE = date(2024, 5, 1)
