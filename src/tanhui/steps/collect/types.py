"""What crosses the boundary of collection: batches of checked records, with every source row accounted for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import polars as pl

from tanhui.core.methodology import ActivityField
from tanhui.core.text import Text

STEPS = "steps:"
RECORD_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "rows": pl.Int64(),
    "record_id": pl.String(),
    "subject": pl.String(),
    "behavior": pl.Int32(),
    "variant": pl.String(),
    "region": pl.String(),
    "occurred_at": pl.Datetime("us", "UTC"),
    "duration_s": pl.Int32(),
    "evidence": pl.String(),
}
REFUSED_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "rows": pl.Int64(),
    "reason": pl.String(),
    "field": pl.String(),
    "detail_zh": pl.String(),
    "detail_en": pl.String(),
    "raw": pl.String(),
}

TAKING_BACK_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "record_id": pl.String(),
    "subject": pl.String(),
    "left": pl.String(),
    "why": pl.String(),
}

Month = tuple[date, int]
History = Callable[[str], list[Month]]
"""A household's earlier complete months, oldest first: (first day of the month, whole steps of the field)."""


@dataclass(frozen=True, slots=True)
class BehaviorFields:
    """What a record of one behavior must give: the fields by name, and per variant those that it requires."""

    fields: Mapping[str, ActivityField]
    variants: Mapping[str, tuple[str, ...]]
    max_speed_kmh: Fraction | None = None


Fields = Mapping[int, BehaviorFields]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know about a file as a whole, such as a control total that differs."""

    code: str
    text: Text
    warning: bool = True


@dataclass(frozen=True)
class RecordBatch:
    """Part of a file: `records` with whole steps per field, `refused` rows with their reasons, and the rows read for them.

    `records` has RECORD_COLUMNS and an Int64 column `steps:<field>` per field (null when absent); `row` is the line in the
    source, counted from 1 as a text editor does, of the first of the `rows` lines behind a record. `refused` has
    REFUSED_COLUMNS; `raw` is the source row as JSON, column → cell. `rows_read` is always the sum of both `rows` columns.
    """

    records: pl.DataFrame
    refused: pl.DataFrame
    notices: tuple[Notice, ...] = ()
    taking_back: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TAKING_BACK_COLUMNS))
    """Which of the refused rows may take back a booked record instead: that record's id, whose it is, and as JSON what is
    left of it (field → [number as text, unit or null]); null when nothing is. `why` names the rule."""

    @property
    def rows_read(self) -> int:
        """How many source rows this batch accounts for."""
        return int(self.records["rows"].sum()) + int(self.refused["rows"].sum())
