"""A mapping drafted for a file that none of the shipped ones reads: what can be seen in it, for a person to correct.

Which column is what is told by its name in Chinese or English and by the shape of its cells; what is a guess is marked so.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.names import FIELDS, ROLES, Meaning
from tanhui.steps.collect.opening import open_table
from tanhui.steps.collect.parts import FileShape
from tanhui.steps.collect.shapes import Shape, shape_of
from tanhui.steps.collect.sniff import header_of, sniff
from tanhui.steps.collect.sources import format_of, unwrapped

SAMPLE_ROWS = 2000


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
            _Column(name, shape_of(chunk.frame.get_column(name).head(SAMPLE_ROWS)) if chunk else Shape("empty"))
            for name in table.columns
        ]
    if not columns:
        text = Text("{p} 中没有带列名的表格。", "There is no table with named columns in {p}.").format(p=path.name)
        raise Refusal("file_unreadable", text, field="file")
    return "\n".join(_Draft(path, columns, notes).lines()) + "\n"


def _workbook_header(path: Path) -> tuple[str, ...]:
    """The header of the first sheet, after whatever stands before it."""
    with open_table(path, FileShape(), required=()) as table:
        chunk = next(table.chunks, None)
    rows = [list(table.columns)]
    rows += [[cell or "" for cell in row[:-1]] for row in chunk.frame.head(200).iter_rows()] if chunk else []
    return tuple(cell.strip() for cell in header_of(rows, len(table.columns)) if cell.strip())


class _Draft:
    """Decides which column is what, and writes it down."""

    def __init__(self, path: Path, columns: Sequence[_Column], notes: list[str]) -> None:
        self.path, self.columns, self.notes = path, columns, notes
        self.roles: dict[str, tuple[_Column, Meaning]] = {}
        for meaning in ROLES:
            fitting = [
                c for c in columns if re.search(meaning.words, c.name, re.IGNORECASE) and _fits(meaning, c.shape)
            ]
            fitting = [c for c in fitting if c.name not in {found.name for found, _ in self.roles.values()}]
            if fitting:
                best = max(fitting, key=lambda c: c.shape.distinct) if meaning.role == "record" else fitting[0]
                self.roles[meaning.role] = (best, meaning)
        times = [column for column in columns if column.shape.kind == "time"]
        if times and "occurred_at" not in self.roles:
            self.roles["occurred_at"] = (times[0], ROLES[3])

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
        yield "time: {zone: Asia/Shanghai, ambiguous: earliest, nonexistent: shift}  # guess"
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
        else:
            yield "person: {argument: true}  # no column names a person; give one with --person, or name the column"
        if record and record[0].shape.distinct > 0.99:
            yield f"record: {{columns: {_list([record[0].name])}}}  # guess: the partner's own id, never repeated"
        else:
            used = [column.name for column in self.columns if column.shape.kind != "empty"] or [self.columns[0].name]
            yield f"record: {{hash: {_list(used)}}}  # guess: no column is an id, so a hash of what makes a row unique"

    def _times(self) -> Iterator[str]:
        column = self.roles["occurred_at"][0] if "occurred_at" in self.roles else None
        formats = column.shape.formats if column else ("%Y-%m-%d %H:%M:%S",)
        name = column.name if column else self.columns[0].name
        doubt = "  # guess: day and month cannot be told apart" if len(formats) > 1 else "" if column else "  # guess"
        yield f"occurred_at: {{columns: {_list([name])}, formats: {_list(formats[:1])}}}{doubt}"
        if "ended_at" in self.roles:
            ended = self.roles["ended_at"][0]
            yield f"ended_at: {{columns: {_list([ended.name])}, formats: {_list(ended.shape.formats[:1])}}}"
        elif "duration" in self.roles:
            duration, meaning = self.roles["duration"]
            unit = _unit(duration.name, meaning)
            yield f"duration: {{column: {json.dumps(duration.name, ensure_ascii=False)}, unit: {unit}}}  # guess: unit"

    def _quantities(self) -> Iterator[str]:
        found = [(role, *self.roles[role]) for role in self.roles if role in FIELDS]
        if not found:
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


def _fits(meaning: Meaning, shape: Shape) -> bool:
    if meaning.role in {"occurred_at", "ended_at"}:
        return shape.kind == "time"
    if meaning.role == "person":
        return shape.kind != "time"
    if meaning.role == "record":
        return shape.kind in {"whole", "text"}
    return shape.number


def _unit(name: str, meaning: Meaning) -> str | None:
    return next((unit for words, unit in meaning.units if re.search(words, name, re.IGNORECASE)), meaning.unit)


def _list(names: Sequence[str]) -> str:
    return json.dumps(list(names), ensure_ascii=False)
