"""Methodologies and factors read from their YAML documents, checked completely: what loads can be computed with.

Refused with file, line and item: duplicate and unknown keys, a missing source, a unit that does not fit, validities that
overlap or leave a gap, a baseline and a project of different functional unit, `in_force` on assumptions.
"""

import json
from datetime import date
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tanhui.core import units
from tanhui.core.factors import Alternative, Component, Factor, FactorValue, Source
from tanhui.core.methodology import (
    MOST_MONOMIALS,
    ActivityField,
    Cap,
    Comparison,
    Methodology,
    Operand,
    Side,
    Term,
    Variant,
)  # fmt: skip
from tanhui.core.refusal import Refusal
from tanhui.core.regions import NATION, fallback
from tanhui.core.text import Text
from tanhui.steps.identify.behaviors import METHODOLOGIES
from tanhui.steps.identify.documents import Document, Path_

Factors = dict[str, Factor]


@lru_cache
def validator(kind: str) -> Draft202012Validator:
    """The JSON Schema of that kind of document: `factor`, `methodology` or `cases`."""
    text = (METHODOLOGIES / "schema" / f"{kind}.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def load_factors(paths: list[Path]) -> Factors:
    """The factors of these documents by code. Raises `DocumentRefusal`."""
    factors: Factors = {}
    for path in paths:
        document = Document(path)
        document.validate(validator("factor"))
        sources = _sources(document)
        for number, row in enumerate(document.content["factors"]):
            at: Path_ = ("factors", number)
            if row["code"] in factors:
                text = Text("因子代码“{c}”已存在。", "the factor code “{c}” exists already.").format(c=row["code"])
                raise document.refuse("factor_duplicate", text, (*at, "code"))
            values = tuple(
                _factor_value(document, (*at, "values", n), value, row["unit"], sources)
                for n, value in enumerate(row["values"])
            )
            _check_no_overlap(document, (*at, "values"), values)
            factors[row["code"]] = Factor(row["code"], Text(**row["title"]), row["unit"], values)
    return factors


def load_methodology(path: Path, *, factors: Factors) -> Methodology:
    """The methodology of this document, its operands resolved to factors. Raises `DocumentRefusal`."""
    document = Document(path)
    document.validate(validator("methodology"))
    return _Reader(document, factors).methodology()


class _Reader:
    """Turns one checked document into a methodology."""

    def __init__(self, document: Document, factors: Factors) -> None:
        self.document, self.row = document, document.content
        self.sources = _sources(document)
        self.factors = factors | self._parameters()

    def methodology(self) -> Methodology:
        row = self.row
        for number, region in enumerate(row["regions"]):
            self._check(lambda place=region: fallback(place), ("regions", number))
        if row["baseline"]["functional_unit"] != row["project"]["functional_unit"]:
            text = Text(
                "基准线的功能单位为“{b}”，项目为“{p}”；两者须提供同等服务（7.2）。",
                "the baseline's functional unit is “{b}”, the project's “{p}”; both must render the same service (7.2).",
            ).format(b=row["baseline"]["functional_unit"], p=row["project"]["functional_unit"])
            raise self.document.refuse("functional_unit", text, ("project", "functional_unit"))
        fields = {name: self._field(name, spec) for name, spec in row["fields"].items()}
        variants = tuple(self._variant(name, spec, fields) for name, spec in row["variants"].items())
        if row["status"] == "in_force":
            self._check_sources(variants)
        return Methodology(
            code=row["code"], version=row["version"], behavior=row["behavior"], status=row["status"],
            title=Text(**row["title"]), regions=tuple(row["regions"]), valid_from=self._day(("valid", "from")),
            valid_until=self._until(("valid",), row["valid"]), evidence=row["evidence"], gases=tuple(row["gases"]),
            boundary=Text(**row["boundary"]), baseline_scenario=Text(**row["baseline"]["scenario"]),
            project_scenario=Text(**row["project"]["scenario"]), functional_unit=row["baseline"]["functional_unit"],
            fields=fields, variants=variants,
            parameters={name: self.factors[name] for name in row.get("parameters", {})},
            applicability=Text(**row["applicability"]) if "applicability" in row else None,
            conservative=tuple(Text(**text) for text in row.get("conservative", [])),
            references=tuple(self._source(code, ("references", n)) for n, code in enumerate(row.get("references", []))),
            caps=tuple(read_cap(cap) for cap in row.get("caps", [])), exclusive=row.get("exclusive", False),
            max_speed_kmh=Fraction(row["max_speed_kmh"]) if "max_speed_kmh" in row else None,
            comparisons=tuple(self._comparison(n, spec) for n, spec in enumerate(row.get("comparisons", []))),
            changes=Text(**row["changes"]) if "changes" in row else None,
            document=self.document.text,
            digest=blake2b(self.document.text.encode(), digest_size=16).hexdigest(),
        )  # fmt: skip

    def _parameters(self) -> Factors:
        parameters = {}
        for name, spec in self.row.get("parameters", {}).items():
            at: Path_ = ("parameters", name)
            value = {"region": NATION, "from": "1990-01-01"} | {
                k: v for k, v in spec.items() if k not in {"title", "unit"}
            }
            found = _factor_value(self.document, at, value, spec["unit"], self.sources)
            parameters[name] = Factor(name, Text(**spec["title"]), spec["unit"], (found,))
        return parameters

    def _field(self, name: str, spec: dict[str, Any]) -> ActivityField:
        at: Path_ = ("fields", name)
        counted_as = spec.get("counted_as", spec["unit"])
        for unit in (spec["unit"], counted_as):
            self._check(lambda unit=unit: units.multiply_units(unit), (*at, "unit"))
        step, least, most = Fraction(spec["step"]), Fraction(spec["min"]), Fraction(spec["max"])
        if not (step > 0 and least <= most):
            text = Text("步长须大于 0，且 min ≤ max。", "the step must be above 0 and min no more than max.")
            raise self.document.refuse("field_bounds", text, at)
        rounding, meaning = spec.get("rounding", "down"), Text(**spec["meaning"])
        return ActivityField(name, spec["unit"], counted_as, step, least, most, rounding, meaning)

    def _variant(self, name: str, spec: dict[str, Any], fields: dict[str, ActivityField]) -> Variant:
        at: Path_ = ("variants", name)
        for number, field in enumerate(spec["requires"]):
            if field not in fields:
                raise self._unknown_field(field, fields, (*at, "requires", number))
        sides: tuple[Side, ...] = ("baseline", "project", "coefficient")
        terms = tuple(
            self._term(row, side, (*at, side, number), spec["requires"])
            for side in sides
            for number, row in enumerate(spec.get(side, []))
        )
        variant = Variant(name, Text(**spec["title"]), tuple(spec["requires"]), terms)
        if len(variant.monomials) > MOST_MONOMIALS:
            text = Text("一个变体最多有三种活动水平乘积。", "a variant has at most three products of activity fields.")
            raise self.document.refuse("variant_monomials", text, at)
        return variant

    def _term(self, row: dict[str, Any], side: Side, at: Path_, required: list[str]) -> Term:
        for number, field in enumerate(row["activity"]):
            if field not in required:
                raise self._unknown_field(field, dict.fromkeys(required), (*at, "activity", number))
        groups = [
            tuple(self._operand(name, (*at, group, n)) for n, name in enumerate(row.get(group, [])))
            for group in ("adjustment", "conversion", "emission_factor")
        ]
        activity = tuple(sorted(row["activity"]))
        return Term(
            row["term"], Text(**row["title"]), side, row["category"], row["direct"],
            groups[0], groups[1], groups[2], activity,
        )  # fmt: skip

    def _operand(self, written: str, at: Path_) -> Operand:
        form, name = ("inverse", written[1:]) if written.startswith("/") else ("plain", written)
        if written.startswith("1-"):
            form, name = "complement", written[2:]
        if name not in self.factors:
            text = Text(
                "“{n}”既不是本文件的参数，也不是因子库的因子。",
                "“{n}” is neither a parameter of this document nor a factor of the library.",
            ).format(n=name)
            raise self.document.refuse("factor_unknown", text, at)
        return Operand(self.factors[name], form)  # type: ignore[arg-type] # one of the three literals, by the lines above

    def _comparison(self, number: int, spec: dict[str, Any]) -> Comparison:
        source = self._source(spec["source"], ("comparisons", number, "source"))
        given = {name: str(value) for name, value in spec["given"].items()}
        return Comparison(str(spec["value"]), spec["unit"], source, given, Text(**spec["why"]))

    def _source(self, code: str, at: Path_) -> Source:
        if code not in self.sources:
            raise _unknown_source(self.document, code, at)
        return self.sources[code]

    def _check_sources(self, variants: tuple[Variant, ...]) -> None:
        for variant in variants:
            for term in variant.terms:
                for operand in term.adjustment + term.conversion + term.emission_factor:
                    if all(value.assumption for value in operand.factor.values):
                        text = Text(
                            "因子“{f}”是假设值，方法学须保持 trial（试行）。",
                            "the factor “{f}” is an assumption, so the methodology must stay trial.",
                        ).format(f=operand.factor.code)
                        raise self.document.refuse("in_force_on_assumption", text, ("status",))

    def _unknown_field(self, field: str, known: dict[str, Any], at: Path_) -> Refusal:
        text = Text("没有字段“{f}”；可用：{k}。", "there is no field “{f}” here; there are: {k}.").format(
            f=field, k=", ".join(known)
        )
        return self.document.refuse("field_unknown", text, at)

    def _day(self, at: Path_) -> date:
        return _day(self.document, self.row[at[0]][at[1]], at)

    def _until(self, at: Path_, spec: dict[str, Any]) -> date | None:
        return _day(self.document, spec["until"], (*at, "until")) if "until" in spec else None

    def _check(self, probe: Any, at: Path_) -> None:
        try:
            probe()
        except Refusal as problem:
            raise self.document.refuse(problem.code, problem.text, at) from problem


def _sources(document: Document) -> dict[str, Source]:
    rows = document.content.get("sources", {})
    return {
        code: Source(code, Text(**row["title"]), row["publisher"], row["year"], row["url"], row["read"])
        for code, row in rows.items()
    }


def _factor_value(
    document: Document, at: Path_, row: dict[str, Any], unit: str, sources: dict[str, Source]
) -> FactorValue:
    source = row.get("source")
    if source is not None and source not in sources:
        raise _unknown_source(document, source, (*at, "source"))
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
        value=value, region=row["region"], valid_from=_day(document, row["from"], (*at, "from")),
        valid_until=_day(document, row["until"], (*at, "until")) if "until" in row else None, quality=row["quality"],
        source=sources.get(source) if source else None, where=row.get("where", ""),
        assumption=Text(**row["assumption"]) if "assumption" in row else None, uncertainty=row.get("uncertainty", ""),
        expires=_day(document, row["expires"], (*at, "expires")) if "expires" in row else None,
        note=Text(**row["note"]) if "note" in row else None, components=components,
        alternatives=tuple(Alternative(str(a["value"]), a["source"], Text(**a["why"])) for a in row.get("alternatives", [])),
    )  # fmt: skip


def _component(document: Document, at: Path_, row: dict[str, Any], sources: dict[str, Source]) -> Component:
    source = row.get("source")
    if source is not None and source not in sources:
        raise _unknown_source(document, source, (*at, "source"))
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


def read_cap(row: dict[str, Any]) -> Cap:
    """The cap that a row of a checked document states."""
    grams, records = row.get("reduction_g"), row.get("records")
    reduction_mg = None if grams is None else int(Fraction(grams) * 1000)
    return Cap(row["per"], row.get("by", "person"), None if records is None else int(records), reduction_mg)


def _day(document: Document, written: str, at: Path_) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as problem:
        text = Text("“{d}”不是日期；应为 YYYY-MM-DD。", "“{d}” is no date; it must be YYYY-MM-DD.").format(d=written)
        raise document.refuse("date", text, at) from problem


def _unknown_source(document: Document, code: str, at: Path_) -> Refusal:
    text = Text("来源“{c}”未在 sources 中列出。", "the source “{c}” is not listed under sources.").format(c=code)
    return document.refuse("source_unknown", text, at)
