"""A mapping made ready for one file: cells in, typed columns out, and the checks that a row must pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from hashlib import blake2b

import polars as pl

from tanhui.core.units import conversion
from tanhui.steps.collect.cells import Cells
from tanhui.steps.collect.mapping import FeedMapping
from tanhui.steps.collect.numbers import BILLION, whole_steps
from tanhui.steps.collect.parts import TakesBack, TimeSource, ValueSource
from tanhui.steps.collect.times import utc
from tanhui.steps.collect.types import STEPS, Fields

CASE = "\x01case"
READING = "\x01reading"
_ID_BYTES = 10


@dataclass(frozen=True)
class Asked:
    """What whoever reads the file says: the fields of each behavior, the time, and who acted if the file does not say."""

    fields: Fields
    now: datetime
    not_before: date | None = None
    subject: str | None = None
    id_key: bytes = b""


class Plan:
    """Turns cells into typed columns."""

    def __init__(self, mapping: FeedMapping, asked: Asked, columns: Sequence[str], *, subject: str | None) -> None:
        self.mapping, self.asked, self.subject = mapping, asked, subject
        self.cells = Cells(mapping, columns)
        self.sources: list[Mapping[str, ValueSource]] = [{**mapping.fields, **case.fields} for case in mapping.cases]

    def field_names(self) -> tuple[str, ...]:
        """The fields that any case of the mapping gives and its behavior has."""
        names = [
            name
            for case, sources in zip(self.mapping.cases, self.sources, strict=True)
            for name in sources
            if case.behavior in self.asked.fields and name in self.asked.fields[case.behavior].fields
        ]
        baseline = self.mapping.aggregate.baseline if self.mapping.aggregate else None
        spec = self.asked.fields.get(self.mapping.cases[0].behavior)
        if baseline is not None and spec is not None and baseline.field in spec.fields:
            names.append(baseline.field)
        return tuple(dict.fromkeys(names))

    def typed(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The cells with the typed columns of a record added (null where the text could not be read)."""
        frame = cells.with_columns(
            self._case().alias(CASE), self._region().alias("region"), self._subject().alias("subject"),
            self.time(self.mapping.occurred_at).alias("occurred_at"),
        )  # fmt: skip
        if self.mapping.household:
            household = pl.concat_str([pl.col(name) for name in self.mapping.household], separator="|")
            frame = frame.with_columns(household.alias("household"))
        frame = self._with_case(frame)
        frame = frame.with_columns(self._duration(frame).alias("duration_s"))
        if self.mapping.aggregate:
            return self._with_reading(frame)
        frame = frame.with_columns(self._steps(frame, name).alias(STEPS + name) for name in self.field_names())
        return frame.with_columns(self._record_id(frame).alias("record_id"))

    def time(self, source: TimeSource) -> pl.Expr:
        """A time of the mapping in UTC."""
        mapping = self.mapping
        return utc(
            self.time_text(source), formats=source.formats, zone=mapping.zone, ambiguous=mapping.ambiguous,
            nonexistent=mapping.nonexistent,
        )  # fmt: skip

    def time_text(self, source: TimeSource) -> pl.Expr:
        """The text that a time is read from."""
        return pl.concat_str([pl.col(name) for name in source.columns], separator=" ", ignore_nulls=False)

    def taken_back(self, back: TakesBack) -> pl.Expr:
        """The id of the record that a row takes back; null when it names none."""
        if not back.columns:
            return pl.col("record_id")
        return pl.concat_str([pl.col(name) for name in back.columns], separator="-")

    def left(self, back: TakesBack) -> pl.Expr:
        """What a row leaves of the record that it takes back, as `RecordBatch.taking_back` has it."""
        if not back.leaves:
            return pl.lit(None, dtype=pl.String)
        parts = []
        for name, source in back.leaves.items():
            number = pl.lit(source.constant) if source.column is None else self.cells.number(source.column)
            unit = pl.lit(source.unit, dtype=pl.String)
            parts.append(pl.concat_list(number.cast(pl.String), unit).alias(name))
        return pl.struct(parts).struct.json_encode()

    def _case(self) -> pl.Expr:
        return pl.coalesce(
            pl.when(pl.lit(value=True) if case.when is None else self.cells.holds(case.when)).then(
                pl.lit(number, dtype=pl.Int32)
            )
            for number, case in enumerate(self.mapping.cases)
        )

    def _with_case(self, frame: pl.DataFrame) -> pl.DataFrame:
        cases = self.mapping.cases
        numbers = list(range(len(cases)))
        behaviors = [case.behavior for case in cases]
        variants = [case.variant for case in cases]
        return frame.with_columns(
            pl.col(CASE).replace_strict(numbers, behaviors, default=None, return_dtype=pl.Int32).alias("behavior"),
            pl.col(CASE).replace_strict(numbers, variants, default=None, return_dtype=pl.String).alias("variant"),
            pl.lit(self.mapping.evidence).alias("evidence"),
        )

    def _region(self) -> pl.Expr:
        region = self.mapping.region
        if region.column is None:
            return pl.lit(region.constant, dtype=pl.String)
        cell = pl.col(region.column)
        return cell.replace_strict(dict(region.values), default=None, return_dtype=pl.String) if region.values else cell

    def _subject(self) -> pl.Expr:
        columns = self.mapping.person.columns
        named = pl.concat_str([pl.col(name) for name in columns], separator="|") if columns else pl.lit(None)
        return named.cast(pl.String).fill_null(pl.lit(self.subject, dtype=pl.String))

    def _duration(self, frame: pl.DataFrame) -> pl.Expr:
        """Whole seconds; null where it was given and cannot be read, 0 where it was not given."""
        mapping = self.mapping
        if mapping.ended_at:
            text, ended = self.time_text(mapping.ended_at), self.time(mapping.ended_at)
            seconds = (ended - pl.col("occurred_at")).dt.total_seconds().cast(pl.Int32, strict=False)
            return (
                pl.when(text.is_null() | pl.col("occurred_at").is_null()).then(pl.lit(0, pl.Int32)).otherwise(seconds)
            )
        if mapping.duration is None:
            return pl.lit(0, dtype=pl.Int32)
        per_unit = conversion(mapping.duration.unit or "s", "s")
        if mapping.duration.constant is not None:
            return pl.lit(int(Fraction(mapping.duration.constant) * per_unit), dtype=pl.Int32)
        assert mapping.duration.column is not None
        written = frame.select(self.cells.number(mapping.duration.column)).to_series()
        seconds = pl.lit(whole_steps(written, per_unit=per_unit, up=False)).cast(pl.Int32, strict=False)
        return pl.when(pl.col(mapping.duration.column).is_null()).then(pl.lit(0, pl.Int32)).otherwise(seconds)

    def _steps(self, frame: pl.DataFrame, name: str) -> pl.Expr:
        """Whole steps of a field, per case by the source and the field of its behavior."""
        parts = [
            pl.when(pl.col(CASE).is_in(cases)).then(self._value(frame, source, per_unit, up=up))
            for (source, per_unit, up), cases in self._groups(name).items()
        ]
        return pl.coalesce(parts).cast(pl.Int64)

    def _groups(self, name: str) -> dict[tuple[ValueSource, Fraction, bool], list[int]]:
        groups: dict[tuple[ValueSource, Fraction, bool], list[int]] = {}
        for number, (case, sources) in enumerate(zip(self.mapping.cases, self.sources, strict=True)):
            spec = self.asked.fields.get(case.behavior)
            if spec is None or name not in spec.fields or name not in sources:
                continue
            field, source = spec.fields[name], sources[name]
            per_unit = conversion(source.unit or field.unit, field.unit) / field.step
            groups.setdefault((source, per_unit, field.rounding == "up"), []).append(number)
        return groups

    def _value(self, frame: pl.DataFrame, source: ValueSource, per_unit: Fraction, *, up: bool) -> pl.Expr:
        if source.constant is not None:
            value = Fraction(source.constant) * per_unit
            return pl.lit(value.__ceil__() if up else value.__floor__(), dtype=pl.Int64)
        assert source.column is not None
        text = frame.select(self.cells.number(source.column)).to_series()
        return pl.lit(whole_steps(text, per_unit=per_unit, up=up))

    def _with_reading(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The reading of a meter in billionths of the column's unit."""
        assert self.mapping.aggregate is not None
        source = self.mapping.fields[self.mapping.aggregate.field]
        assert source.column is not None
        text = frame.select(self.cells.number(source.column)).to_series()
        return frame.with_columns(whole_steps(text, per_unit=Fraction(BILLION), up=False).alias(READING))

    def _record_id(self, frame: pl.DataFrame) -> pl.Expr:
        record = self.mapping.record
        if record.hashed:
            separated = pl.concat_str([pl.col(name).fill_null("") for name in record.columns], separator="\x1f")
            joined = pl.lit(hashed(frame.select(separated).to_series(), self.asked.id_key))
        else:
            joined = pl.concat_str([pl.col(name) for name in record.columns], separator="-")
        if not record.day:
            return joined
        day = pl.col("occurred_at").dt.convert_time_zone(self.mapping.zone).dt.strftime("%Y%m%d")
        return pl.concat_str([day, joined], separator="-")


def hashed(texts: pl.Series, key: bytes) -> pl.Series:
    """A keyed hash of each text, the same on every machine and in every version."""
    values = [
        None if text is None else blake2b(text.encode(), digest_size=_ID_BYTES, key=key[:64]).hexdigest()
        for text in texts.to_list()
    ]
    return pl.Series(values, dtype=pl.String)
