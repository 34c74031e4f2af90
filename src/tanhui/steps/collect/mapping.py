"""A feed mapping: how one kind of partner file becomes records, as data (`src/tanhui/feeds/*.yaml`).

A mapping describes a *format*, not a file: whoever exports the same columns is read by the same mapping.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl
from jsonschema import Draft202012Validator

from tanhui.core import units
from tanhui.core.methodology import Evidence
from tanhui.core.refusal import Refusal
from tanhui.core.regions import fallback
from tanhui.core.text import Text
from tanhui.steps.collect.conditions import columns_of
from tanhui.steps.collect.parts import (
    Aggregate,
    Baseline,
    Cancels,
    Case,
    Control,
    FileShape,
    Ignored,
    PersonSource,
    RecordId,
    RegionSource,
    TakesBack,
    TimeSource,
    ValueSource,
)
from tanhui.steps.identify.behaviors import behavior_named
from tanhui.steps.identify.documents import Document

FEEDS = Path(str(files("tanhui"))) / "feeds"


@dataclass(frozen=True)
class FeedMapping:
    """One shipped or hand-written mapping, checked."""

    name: str
    title: Text
    note: Text | None
    file: FileShape
    zone: str
    ambiguous: Literal["earliest", "latest", "refuse"]
    nonexistent: Literal["shift", "refuse"]
    derive: Mapping[str, Mapping[str, Any]]
    ignore: tuple[Ignored, ...]
    person: PersonSource
    record: RecordId
    occurred_at: TimeSource
    ended_at: TimeSource | None
    duration: ValueSource | None
    region: RegionSource
    evidence: Evidence
    cases: tuple[Case, ...]
    otherwise: Literal["unknown_behavior", "not_an_activity"]
    fields: Mapping[str, ValueSource]
    controls: tuple[Control, ...]
    aggregate: Aggregate | None
    group: tuple[str, ...]
    cancels: Cancels | None
    household: tuple[str, ...]
    path: Path

    @property
    def behaviors(self) -> tuple[int, ...]:
        """The behaviors that a row may be."""
        return tuple(dict.fromkeys(case.behavior for case in self.cases))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file that the mapping reads, those it can do without included."""
        names: list[str] = [*self.person.columns, *self.record.columns, *self.occurred_at.columns, *self.group]
        names += self.household
        names += self.ended_at.columns if self.ended_at else ()
        sources = [*self.fields.values(), *(s for case in self.cases for s in case.fields.values())]
        sources += [self.duration] if self.duration else []
        for taken in (rule.takes_back for rule in self.ignore if rule.takes_back):
            names += taken.columns
            sources += taken.leaves.values()
        names += [source.column for source in sources if source.column]
        names += [self.region.column] if self.region.column else []
        whens = [*(i.when for i in self.ignore), *(c.when for c in self.cases if c.when)]
        whens += [c.where for c in self.controls if c.where]
        if self.cancels:
            whens.append(self.cancels.when)
            names += [*self.cancels.same, self.cancels.quantity]
        names += [control.sums for control in self.controls if control.sums]
        names += [name for when in whens for name in columns_of(when)]
        for spec in self.derive.values():
            names += derived_from(spec)
        return tuple(dict.fromkeys(name for name in names if name not in self.derive))

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which a file is not of this kind."""
        return tuple(name for name in self.columns if name not in self.file.optional)


def derived_from(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that a derived column is made from."""
    one = spec.get("column") or spec.get("number")
    return tuple([one] if one else spec.get("subtract") or spec.get("join") or ())


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((FEEDS / "schema" / "feed.schema.json").read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def shipped_mappings() -> tuple[FeedMapping, ...]:
    """The mappings that come with the platform, by name."""
    return tuple(load_mapping(path) for path in sorted(FEEDS.glob("*.yaml")))


def mapping_named(name: str) -> FeedMapping:
    """The shipped mapping of that name, or the mapping in the file of that path. Raises `Refusal`."""
    for mapping in shipped_mappings():
        if mapping.name == name:
            return mapping
    with suppress(OSError, ValueError):  # a name that no file can have
        if Path(name).is_file():
            return load_mapping(Path(name))
    names = ", ".join(mapping.name for mapping in shipped_mappings())
    text = Text(
        "没有映射“{n}”；可用：{k}，或给出 YAML 文件路径。",
        "There is no mapping “{n}”; there are: {k}, or give the path of a YAML file.",
    ).format(n=name, k=names)
    raise Refusal("mapping_unknown", text, field="mapping")


def load_mapping(path: Path) -> FeedMapping:
    """The mapping of this document. Raises `DocumentRefusal` naming file, line and item."""
    document = Document(path)
    document.validate(_validator())
    _check(document)
    row = document.content
    time, behavior, aggregate = row.get("time", {}), row["behavior"], row.get("aggregate")
    cases = behavior.get("cases") or [{"behavior": behavior["constant"], "variant": behavior.get("variant")}]
    return FeedMapping(
        name=row["name"], title=Text(**row["title"]), note=Text(**row["note"]) if "note" in row else None,
        file=_shape(row.get("file", {})), zone=time.get("zone", "Asia/Shanghai"),
        ambiguous=time.get("ambiguous", "earliest"), nonexistent=time.get("nonexistent", "shift"),
        derive=row.get("derive", {}),
        ignore=tuple(
            Ignored(
                i["name"], i["when"], i.get("reason", "not_an_activity"), Text(**i["why"]), _takes_back(i.get("takes_back"))
            )
            for i in row.get("ignore", [])
        ),
        person=PersonSource(
            tuple(row["person"].get("columns", ())), row["person"].get("preamble"), row["person"].get("argument", False)
        ),
        record=RecordId(
            tuple(row["record"].get("columns") or row["record"]["hash"]), "hash" in row["record"],
            row["record"].get("day", "hash" in row["record"]),
        ),
        occurred_at=_time(row["occurred_at"]), ended_at=_time(row["ended_at"]) if "ended_at" in row else None,
        duration=_value(row["duration"]) if "duration" in row else None,
        region=RegionSource(
            row["region"].get("constant"), row["region"].get("column"), row["region"].get("values", {})
        ),
        evidence=row.get("evidence", "partner"),
        cases=tuple(
            Case(c["behavior"], c.get("when"), c.get("variant"), _values(c.get("fields", {}))) for c in cases
        ),
        otherwise=behavior.get("otherwise", "unknown_behavior"), fields=_values(row.get("fields", {})),
        controls=tuple(Control(c["pattern"], c.get("sums"), c.get("where")) for c in row.get("controls", [])),
        aggregate=_aggregate(aggregate) if aggregate else None, group=tuple(row.get("group", ())),
        cancels=Cancels(row["cancels"]["when"], tuple(row["cancels"]["same"]), row["cancels"]["quantity"])
        if "cancels" in row else None,
        household=tuple(row.get("household", ())), path=path,
    )  # fmt: skip


def _shape(row: Mapping[str, Any]) -> FileShape:
    lists = {"currency", "nulls", "columns", "optional"}
    values: dict[str, Any] = {key: tuple(value) if key in lists else value for key, value in row.items()}
    if "nulls" in values:
        values["nulls"] = ("", *values["nulls"])
    if values.get("encoding") == "auto":
        values["encoding"] = None
    values["aliases"] = {name: tuple(others) for name, others in row.get("aliases", {}).items()}
    return FileShape(**values)


def _time(row: Mapping[str, Any]) -> TimeSource:
    return TimeSource(tuple(row["columns"]), tuple(row["formats"]))


def _value(row: Mapping[str, Any]) -> ValueSource:
    return ValueSource(row.get("column"), row.get("constant"), row.get("unit"))


def _values(rows: Mapping[str, Any]) -> dict[str, ValueSource]:
    return {name: _value(row) for name, row in rows.items()}


def _takes_back(spec: Any) -> TakesBack | None:
    match spec:
        case None:
            return None
        case "itself":
            return TakesBack((), {})
        case _:
            return TakesBack(tuple(spec["record"]), _values(spec.get("leaves", {})))


def _aggregate(row: Mapping[str, Any]) -> Aggregate:
    baseline = None
    if "baseline" in row:
        b = row["baseline"]
        months = b.get("months", {})
        baseline = Baseline(
            b["field"], b["rule"], b.get("value"), b.get("unit"), months.get("least", 3), months.get("most", 12)
        )
    return Aggregate(
        row["kind"], row["field"], row["every_min"], row.get("label", "start"), row.get("coverage", "0.9"),
        row.get("most_per_hour"), row.get("empty_days", "used"), baseline,
    )  # fmt: skip


def _check(document: Document) -> None:
    """What the schema cannot say: names that must exist and units that must be known."""
    row = document.content
    try:
        ZoneInfo(row.get("time", {}).get("zone", "Asia/Shanghai"))
    except (ZoneInfoNotFoundError, ValueError) as problem:
        text = Text(
            "时区未知；应为 IANA 名称，如 Asia/Shanghai。", "unknown time zone; give an IANA name: Asia/Shanghai."
        )
        raise document.refuse("zone_unknown", text, ("time", "zone")) from problem
    for number, case in enumerate(row["behavior"].get("cases", [])):
        _probe(document, ("behavior", "cases", number, "behavior"), behavior_named, str(case["behavior"]))
    for name, source in row.get("fields", {}).items():
        if "unit" in source:
            _probe(document, ("fields", name, "unit"), units.multiply_units, source["unit"])
    _check_taken_back(document)
    for at, pattern in _patterns(row, ()):
        try:
            re.compile(pattern)
            pl.Series([""]).str.contains(pattern)
        except (re.error, pl.exceptions.ComputeError) as problem:
            text = Text("正则表达式“{p}”不合法。", "“{p}” is no regular expression.").format(p=pattern)
            raise document.refuse("pattern", text, at) from problem
    if "constant" in row["region"]:
        _probe(document, ("region", "constant"), fallback, row["region"]["constant"])
    for value, region in row["region"].get("values", {}).items():
        _probe(document, ("region", "values", value), fallback, region)
    if "aggregate" in row and row["aggregate"]["field"] not in row.get("fields", {}):
        text = Text("字段不在 fields 中。", "the field is not listed under fields.")
        raise document.refuse("field_unknown", text, ("aggregate", "field"))


def _check_taken_back(document: Document) -> None:
    """That the id of what is taken back can be formed, and that it is one act's."""
    row = document.content
    for number, rule in enumerate(row.get("ignore", [])):
        if "takes_back" not in rule:
            continue
        at = ("ignore", number, "takes_back")
        if rule.get("reason") != "cancelled":
            text = Text(
                "只有 reason: cancelled 的行可以撤回记录。", "only rows of the reason cancelled take back a record."
            )
            raise document.refuse("takes_back", text, at)
        if {"aggregate", "group", "cancels"} & set(row):
            text = Text("合并多行的映射不能撤回记录。", "a mapping that folds rows together cannot take back records.")
            raise document.refuse("takes_back", text, at)
        if rule["takes_back"] == "itself":
            continue
        if "hash" in row["record"] or row["record"].get("day"):
            text = Text(
                "记录编号为散列或含日期时，其他行无法给出；请改用 itself。",
                "an id that is a hash, or has the day in it, cannot be given by another row; use itself.",
            )
            raise document.refuse("takes_back", text, at)
        for name, source in rule["takes_back"].get("leaves", {}).items():
            if "unit" in source:
                _probe(document, (*at, "leaves", name, "unit"), units.multiply_units, source["unit"])


def _patterns(item: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every regular expression in the document, with its place."""
    if isinstance(item, list):
        for number, part in enumerate(item):
            yield from _patterns(part, (*at, number))
    elif isinstance(item, dict):
        for key, part in item.items():
            if key in {"matches", "extract", "pattern", "preamble", "trailer"} and isinstance(part, str):
                yield (*at, key), part
            else:
                yield from _patterns(part, (*at, key))


def _probe(document: Document, at: tuple[str | int, ...], probe: Any, value: str) -> None:
    try:
        probe(value)
    except Refusal as problem:
        raise document.refuse(problem.code, problem.text, at) from problem
