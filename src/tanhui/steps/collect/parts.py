"""The parts of a feed mapping: how the file is written, and where each part of a record comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tanhui.core.text import Text
from tanhui.steps.collect.conditions import Condition

NULLS = ("", "NA", "N/A", "n/a", "NULL", "Null", "null", "None", "NaN", "nan", "-", "--", "/", "\\N", "#N/A", "?", "无")


@dataclass(frozen=True, slots=True)
class FileShape:
    """How the file is written; what is None is found by looking at the content."""

    format: Literal["delimited", "excel", "json", "ndjson", "parquet", "ubl-xml"] | None = None
    member: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str = '"'
    decimal: str = "."
    thousands: str = ""
    currency: tuple[str, ...] = ()
    nulls: tuple[str, ...] = NULLS
    columns: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    trailer: str | None = None
    sheet: str | None = None
    records: str | None = None


@dataclass(frozen=True, slots=True)
class TimeSource:
    """A time in one column, or in several joined by a blank, in any of the formats."""

    columns: tuple[str, ...]
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueSource:
    """A quantity: a column in `unit` (None: the field's own), or a constant."""

    column: str | None
    constant: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class TakesBack:
    """Which booked record a row takes back: that of its own id (no `columns`), or that whose id the columns give.

    `leaves` is what is left of it, by field; when that is empty, nothing is: the record is withdrawn.
    """

    columns: tuple[str, ...]
    leaves: Mapping[str, ValueSource]


@dataclass(frozen=True, slots=True)
class Ignored:
    """Rows that are no activity, or were taken back: they are refused with `reason` and `why`, unless they take back a record."""

    name: str
    when: Condition
    reason: Literal["not_an_activity", "cancelled", "original_uncertain"]
    why: Text
    takes_back: TakesBack | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A behavior, and when a row is one (None: always)."""

    behavior: int
    when: Condition | None
    variant: str | None
    fields: Mapping[str, ValueSource]


@dataclass(frozen=True, slots=True)
class RegionSource:
    """A constant, or a column whose values are codes or are looked up in `values`."""

    constant: str | None
    column: str | None
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PersonSource:
    """Who acted: columns joined; or a line of the preamble (regex with one group); or named by whoever reads the file."""

    columns: tuple[str, ...]
    preamble: str | None
    argument: bool


@dataclass(frozen=True, slots=True)
class RecordId:
    """The partner's own id in columns, or a hash of columns when it has none; `day` puts the local day before it."""

    columns: tuple[str, ...]
    hashed: bool
    day: bool


@dataclass(frozen=True, slots=True)
class Baseline:
    """The baseline of a household's month: a published tier, or the mean of its own earlier complete months."""

    field: str
    rule: Literal["tier", "own_mean"]
    value: str | None
    unit: str | None
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Readings folded to one record per person and month."""

    kind: Literal["sum", "register"]
    field: str
    every_min: int
    label: Literal["start", "end"]
    coverage: str
    most_per_hour: str | None
    empty_days: Literal["used", "missing"]
    baseline: Baseline | None


@dataclass(frozen=True, slots=True)
class Cancels:
    """Rows that take back an earlier row of the same `same` columns and the same `quantity`, whatever its sign."""

    when: Condition
    same: tuple[str, ...]
    quantity: str


@dataclass(frozen=True, slots=True)
class Control:
    """A total that the preamble states: `pattern` finds it (one group); it counts rows, or sums a column, `where` holds."""

    pattern: str
    sums: str | None
    where: Condition | None
