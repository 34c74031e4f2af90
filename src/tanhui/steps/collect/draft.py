"""A mapping drafted for a file that none of the shipped ones reads: what can be seen in it, for a person to correct.

Which column is what is told by its name in Chinese or English first, which the cells must not contradict, and by the shape
of the cells where no name tells; what is a guess is marked so.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.names import ACTS, FIELDS, REGISTER, ROLES, Meaning
from tanhui.steps.collect.opening import open_table
from tanhui.steps.collect.parts import FileShape
from tanhui.steps.collect.shapes import Shape, shape_of
from tanhui.steps.collect.sniff import header_of, sniff
from tanhui.steps.collect.sources import format_of, unwrapped

SAMPLE_ROWS = 2000
MANY = 0.9
"""Of an id that more of the rows than these have to themselves, nobody can say that it is a person."""
DAY_MIN = 1440
METERS = {12: "baseline_energy_kwh", 13: "baseline_water_m3"}
_OCCURRED_AT = next(meaning for meaning in ROLES if meaning.role == "occurred_at")


@dataclass(frozen=True)
class _Column:
    name: str
    shape: Shape


def draft_mapping(path: Path) -> str:
    """The draft as YAML with comments, a valid mapping to be edited. Raises `Refusal` when the file is no table."""
    shape, required, notes = FileShape(), tuple[str, ...](), [f"format: {format_of(path)}"]
    if format_of(path) == "delimited":
        with unwrapped(path) as stream:
            found = sniff(stream.read(1 << 18))
        shape = FileShape(encoding=found.encoding if found.encoding != "utf-8-sig" else None,
                          delimiter=found.separator, columns=found.names)  # fmt: skip
        required = tuple(cell.strip() for cell in found.header if cell.strip())
        notes = [f"delimiter: {json.dumps(found.separator)}"]
        notes += [f"columns: {_list(found.names)}"] if found.names else []
        notes += [f"encoding: {found.encoding}"] if found.encoding in {"gb18030", "cp1252"} else []
    if format_of(path) == "excel":
        required = _workbook_header(path)
    with open_table(path, shape, required=required, block_bytes=1 << 18) as table:
        chunk = next(table.chunks, None)
        columns = [
            _Column(
                name,
                shape_of(chunk.frame.get_column(name).head(SAMPLE_ROWS)) if chunk else Shape("empty", leans="empty"),
            )
            for name in table.columns
        ]
    if not columns:
        text = Text("{p} 中没有带列名的表格。", "There is no table with named columns in {p}.").format(p=path.name)
        raise Refusal("file_unreadable", text, field="file")
    sample = chunk.frame.head(SAMPLE_ROWS) if chunk else None
    return "\n".join(_Draft(path, columns, notes, sample).lines()) + "\n"


def _workbook_header(path: Path) -> tuple[str, ...]:
    """The header of the first sheet, after whatever stands before it."""
    with open_table(path, FileShape(), required=()) as table:
        chunk = next(table.chunks, None)
    rows = [list(table.columns)]
    rows += [[cell or "" for cell in row[:-1]] for row in chunk.frame.head(200).iter_rows()] if chunk else []
    return tuple(cell.strip() for cell in header_of(rows, len(table.columns)) if cell.strip())


class _Draft:
    """Decides which column is what, and writes it down."""

    def __init__(
        self, path: Path, columns: Sequence[_Column], notes: list[str], sample: pl.DataFrame | None = None
    ) -> None:
        self.path, self.columns, self.notes, self.every_min = path, columns, notes, 0
        self.roles: dict[str, tuple[_Column, Meaning]] = {}
        for meaning in ROLES:
            fitting = [c for c in columns if _means(meaning, c.name) and _fits(meaning, c.shape)]
            fitting = [c for c in fitting if c.name not in {found.name for found, _ in self.roles.values()}]
            if fitting:
                best = max(fitting, key=lambda c: c.shape.distinct) if meaning.role == "record" else fitting[0]
                self.roles[meaning.role] = (best, meaning)
        meter = self.roles.pop("meter", None)
        if meter and "person" not in self.roles:
            self.roles["person"] = meter
        self.by_shape = "occurred_at" not in self.roles
        times = [column for column in columns if column.shape.kind == "time"]
        if times and self.by_shape:
            taken = {found.name for found, _ in self.roles.values()}
            self.roles["occurred_at"] = (min(times, key=lambda column: column.name in taken), _OCCURRED_AT)

        self.once = False
        if sample is not None and "person" in self.roles and self._formats():
            self.every_min = self._every_min(sample)
            self.once = bool(sample.select(self.roles["person"][0].name, *self._when()[0]).is_unique().all())

    def _every_min(self, sample: pl.DataFrame) -> int:
        """The minutes that mostly lie between two readings of a household, up to a day; 0 where it is more, or no readings."""
        names, form = self._when()
        when = pl.concat_str(names, separator=" ").str.strip_chars()
        when = (
            when.str.to_datetime(form, strict=False, time_unit="us") if "%" in form else pl.lit(None, pl.Datetime("us"))
        )
        times = (
            sample.select(pl.col(self.roles["person"][0].name).alias("who"), when.alias("at"))
            .drop_nulls()
            .sort("who", "at")
        )
        steps = times.select(pl.col("at").diff().over("who").dt.total_minutes()).to_series().drop_nulls()
        steps = steps.filter(steps > 0)
        usual = int(steps.mode().min() or 0) if steps.len() else 0  # type: ignore[arg-type]
        return usual if usual <= DAY_MIN else 0

    def lines(self) -> Iterator[str]:
        """The lines of the draft."""
        yield f"# Draft for {self.path.name}. Made by looking; every line marked “guess” wants your eyes."
        yield "# 由文件内容起草；标有 guess 的各行请核对后再用。"
        yield "# Columns 列："
        for column in self.columns:
            yield f"#   {json.dumps(column.name, ensure_ascii=False)}: {column.shape.kind}, e.g. {column.shape.example!r}"
        name = re.sub(r"[^a-z0-9]+", "-", self.path.name.split(".")[0].lower()).strip("-") or "feed"
        yield "schema: tanhui/feed/1"
        yield f"name: {name}"
        yield f"title: {{zh: {json.dumps(name)}, en: {json.dumps(name)}}}  # guess: say what it is in both languages"
        yield f"file: {{{', '.join([*self.notes, *self._marks()])}}}"
        zone = "UTC" if any(form.endswith("GMT") for form in self._formats()) else "Asia/Shanghai"
        yield f"time: {{zone: {zone}, ambiguous: earliest, nonexistent: shift}}  # guess"
        yield from self._person_and_record()
        yield from self._times()
        yield "region: {constant: CN}  # guess: a six-digit GB/T 2260 code such as 440300, or {column: …, values: {…}}"
        yield "evidence: partner  # guess: self_declared, partner or meter"
        yield from self._quantities()

    def _marks(self) -> Iterator[str]:
        numbers = [column.shape for column, _ in self.roles.values() if column.shape.number]
        decimal = next((shape.decimal for shape in numbers if shape.decimal == ","), ".")
        thousands = next((shape.thousands for shape in numbers if shape.thousands), "")
        currency = sorted({mark for shape in numbers for mark in shape.currency})
        yield f"decimal: {json.dumps(decimal)}"
        if thousands:
            yield f"thousands: {json.dumps(thousands)}"
        if currency:
            yield f"currency: {_list(currency)}"

    def _person_and_record(self) -> Iterator[str]:
        person, record = self.roles.get("person"), self.roles.get("record")
        if person:
            yield f"person: {{columns: {_list([person[0].name])}}}  # guess"
            if self.metered:
                yield f"household: {_list([person[0].name])}  # guess"
                yield f"record: {{hash: {_list([person[0].name])}}}  # the month is put before it"
                return
        else:
            yield "person: {argument: true}  # no column names a person; give one with --person, or name the column"
        if record and record[0].shape.distinct > 0.99:
            yield f"record: {{columns: {_list([record[0].name])}}}  # guess: the partner's own id, never repeated"
        elif self.once and person:
            act = _list([person[0].name, *self._when()[0]])
            yield f"record: {{hash: {act}}}  # guess: no column is an id; nobody does this twice at the same time"
        else:
            used = [column.name for column in self.columns if column.shape.kind != "empty"] or [self.columns[0].name]
            yield f"record: {{hash: {_list(used)}}}  # guess: no column is an id, so a hash of what makes a row unique"

    def _times(self) -> Iterator[str]:
        formats = self._formats()
        if not formats:
            named = [column.name for column in self.columns if _means(_OCCURRED_AT, column.name)]
            name = (named or [self.columns[0].name])[0]
            yield "# guess: no column holds times that were understood. Name it, and its format."
            yield f'occurred_at: {{columns: {_list([name])}, formats: ["%Y-%m-%d %H:%M:%S"]}}'
            return
        names, form = self._when()
        doubt = "  # guess" if self.by_shape else ""
        doubt = "  # guess: day and month cannot be told apart" if len(formats) > 1 else doubt
        yield f"occurred_at: {{columns: {_list(names)}, formats: {_list([form])}}}{doubt}"
        if "ended_at" in self.roles:
            ended = self.roles["ended_at"][0]
            yield f"ended_at: {{columns: {_list([ended.name])}, formats: {_list(ended.shape.formats[:1])}}}"
        elif "duration" in self.roles:
            duration, meaning = self.roles["duration"]
            unit = _unit(duration.name, meaning)
            yield f"duration: {{column: {json.dumps(duration.name, ensure_ascii=False)}, unit: {unit}}}  # guess: unit"

    def _when(self) -> tuple[list[str], str]:
        """The columns that say when it happened, a day and a time of day apart where there are two, and their format."""
        names, form = [self.roles["occurred_at"][0].name], self._formats()[0]
        clock = next((column for column in self.columns if column.shape.clock), None)
        if clock and not any(mark in form for mark in ("%H", "%I", "epoch", "iso")):
            return [*names, clock.name], f"{form} {clock.shape.clock}"
        return names, form

    def _formats(self) -> tuple[str, ...]:
        return self.roles["occurred_at"][0].shape.formats if "occurred_at" in self.roles else ()

    @property
    def quantities(self) -> list[tuple[str, _Column, Meaning]]:
        """The fields found, the first of which tells the behavior."""
        return [(role, *self.roles[role]) for role in self.roles if role in FIELDS]

    @property
    def metered(self) -> bool:
        """Whether it looks like the readings of meters: many of the same household."""
        first = next(iter(self.quantities), None)
        return first is not None and first[2].behavior in METERS and "ended_at" not in self.roles and self.every_min > 0

    def _quantities(self) -> Iterator[str]:
        found = self.quantities
        if not found:
            words = " ".join([self.path.name, *(column.name for column in self.columns)])
            ride = next((number for said, number in ACTS if re.search(said, words, re.IGNORECASE)), None)
            if ride:
                yield f"behavior: {{constant: {ride}}}  # guess: a number of Appendix A"
                yield 'fields: {rides: {constant: "1"}}  # guess: one row, one ride; better its distance, where the file has it'
                return
            yield "behavior: {constant: 34}  # guess: a number of Appendix A"
            yield 'fields: {count: {constant: "1"}}  # guess: one row, one act'
            return
        role, _, meaning = found[0]
        charging = role == "energy_kwh" and "ended_at" in self.roles
        yield f"behavior: {{constant: {22 if charging else meaning.behavior}}}  # guess: a number of Appendix A"
        yield "fields:"
        for role, column, meaning in found:
            unit = _unit(column.name, meaning)
            stated = f", unit: {unit}" if unit else ""
            yield f"  {role}: {{column: {json.dumps(column.name, ensure_ascii=False)}{stated}}}  # guess"
            if self.metered:
                yield from self._aggregate(role, column.name, METERS[meaning.behavior or 0])
                return

    def _aggregate(self, role: str, name: str, baseline: str) -> Iterator[str]:
        kind = "register" if re.search(REGISTER, name, re.IGNORECASE) else "sum"
        yield "aggregate:  # readings are folded to months, and compared with the household's own months before"
        yield "  period: month"
        yield f"  kind: {kind}  # guess: sum (used since the reading before) or register (the meter counts on)"
        yield f"  field: {role}"
        yield f"  every_min: {self.every_min}  # guess: minutes from one reading to the next"
        yield f"  baseline: {{field: {baseline}, rule: own_mean, months: {{least: 3, most: 12}}}}"


def _means(meaning: Meaning, name: str) -> bool:
    said = re.search(meaning.words, name, re.IGNORECASE)
    return said is not None and not re.search(meaning.never, name, re.IGNORECASE)


def _fits(meaning: Meaning, shape: Shape) -> bool:
    if meaning.role in {"occurred_at", "ended_at"}:
        return shape.leans == "time"
    if meaning.role == "meter":
        return shape.distinct < MANY and (shape.digits or shape.leans != "time")
    if meaning.role == "person":
        return shape.digits or shape.leans != "time"
    if meaning.role == "record":
        return shape.digits or shape.leans == "text"
    return shape.number


def _unit(name: str, meaning: Meaning) -> str | None:
    return next((unit for words, unit in meaning.units if re.search(words, name, re.IGNORECASE)), meaning.unit)


def _list(names: Sequence[str]) -> str:
    return json.dumps(list(names), ensure_ascii=False)
