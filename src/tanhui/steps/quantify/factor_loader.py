"""Factors read from their YAML documents, checked completely.

Refused with file, line and item: duplicate codes, a missing source, a unit that does not fit, validities that overlap.
"""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from tanhui.core import units
from tanhui.core.factors import Alternative, Component, Factor, FactorValue, Source
from tanhui.core.refusal import Refusal
from tanhui.core.regions import fallback
from tanhui.core.text import Text
from tanhui.steps.identify.documents import Document, Path_
from tanhui.steps.quantify.schemas import validator

Factors = dict[str, Factor]


def load_factors(paths: list[Path]) -> Factors:
    """The factors of these documents by code. Raises `DocumentRefusal`."""
    factors: Factors = {}
    for path in paths:
        document = Document(path)
        document.validate(validator("factor"))
        factors |= read_factors(document, known=factors)
    return factors


def read_factors(document: Document, *, known: Factors) -> Factors:
    """The factors of a document that fits its schema, none of which is among the known. Raises `DocumentRefusal`."""
    factors: Factors = {}
    sources = read_sources(document)
    for number, row in enumerate(document.content["factors"]):
        at: Path_ = ("factors", number)
        if row["code"] in factors or row["code"] in known:
            text = Text("因子代码“{c}”已存在。", "the factor code “{c}” exists already.").format(c=row["code"])
            raise document.refuse("factor_duplicate", text, (*at, "code"))
        values = tuple(
            read_factor_value(document, (*at, "values", n), value, row["unit"], sources)
            for n, value in enumerate(row["values"])
        )
        _check_no_overlap(document, (*at, "values"), values)
        factors[row["code"]] = Factor(row["code"], Text(**row["title"]), row["unit"], values)
    return factors


def read_sources(document: Document) -> dict[str, Source]:
    """The documents that a document says were read, by code."""
    rows = document.content.get("sources", {})
    return {
        code: Source(code, Text(**row["title"]), row["publisher"], row["year"], row["url"], row["read"])
        for code, row in rows.items()
    }


def read_factor_value(
    document: Document, at: Path_, row: dict[str, Any], unit: str, sources: dict[str, Source]
) -> FactorValue:
    """One value of a factor, or of a parameter, from its row. Raises `DocumentRefusal`."""
    source = row.get("source")
    if source is not None and source not in sources:
        raise unknown_source(document, source, (*at, "source"))
    if ("assumption" in row) != (row["quality"] == "assumption"):
        text = Text("质量等级 assumption 与假设说明须同时出现。", "quality assumption and the reasoning go together.")
        raise document.refuse("quality", text, (*at, "quality"))
    components = tuple(
        _component(document, (*at, "compute", n), c, sources) for n, c in enumerate(row.get("compute", []))
    )
    try:
        fallback(row["region"])
        value = _product(components, unit) if components else Fraction(row["value"]) * units.conversion(unit, unit)
    except Refusal as problem:
        raise document.refuse(problem.code, problem.text, at) from problem
    return FactorValue(
        value=value, region=row["region"], valid_from=read_day(document, row["from"], (*at, "from")),
        valid_until=read_day(document, row["until"], (*at, "until")) if "until" in row else None, quality=row["quality"],
        source=sources.get(source) if source else None, where=row.get("where", ""),
        assumption=Text(**row["assumption"]) if "assumption" in row else None, uncertainty=row.get("uncertainty", ""),
        expires=read_day(document, row["expires"], (*at, "expires")) if "expires" in row else None,
        note=Text(**row["note"]) if "note" in row else None, components=components,
        alternatives=tuple(Alternative(str(a["value"]), a["source"], Text(**a["why"])) for a in row.get("alternatives", [])),
    )  # fmt: skip


def _component(document: Document, at: Path_, row: dict[str, Any], sources: dict[str, Source]) -> Component:
    source = row.get("source")
    if source is not None and source not in sources:
        raise unknown_source(document, source, (*at, "source"))
    stated = sources[source] if source is not None else None
    return Component(row["name"], Fraction(row["value"]), row["unit"], stated, row.get("where", ""))


def _product(components: tuple[Component, ...], unit: str) -> Fraction:
    value = Fraction(1)
    for component in components:
        value *= component.value
    return value * units.conversion(units.multiply_units(*(component.unit for component in components)), unit)


def _check_no_overlap(document: Document, at: Path_, values: tuple[FactorValue, ...]) -> None:
    for number, value in enumerate(values):
        if value.valid_until is not None and value.valid_until <= value.valid_from:
            text = Text("有效期止须晚于起。", "the validity must end after it begins.")
            raise document.refuse("validity", text, (*at, number, "until"))
        for other in values[:number]:
            if value.region == other.region and (value.holds_on(other.valid_from) or other.holds_on(value.valid_from)):
                text = Text("与同地区的另一数值有效期重叠。", "its validity overlaps another value of the same region.")
                raise document.refuse("validity_overlap", text, (*at, number, "from"))


def read_day(document: Document, written: str, at: Path_) -> date:
    """A day as it is written. Raises `DocumentRefusal`."""
    try:
        return date.fromisoformat(written)
    except ValueError as problem:
        text = Text("“{d}”不是日期；应为 YYYY-MM-DD。", "“{d}” is no date; it must be YYYY-MM-DD.").format(d=written)
        raise document.refuse("date", text, at) from problem


def unknown_source(document: Document, code: str, at: Path_) -> Refusal:
    """The refusal of a source that is not listed, to be raised."""
    text = Text("来源“{c}”未在 sources 中列出。", "the source “{c}” is not listed under sources.").format(c=code)
    return document.refuse("source_unknown", text, at)
