"""Methodologies read from their YAML documents, checked completely: what loads can be computed with.

Refused with file, line and item: duplicate and unknown keys, a missing source, a unit that does not fit, a baseline and a
project of different functional unit, the inverse of a factor that is 0, `in_force` on assumptions. What only shows when the
terms are computed (units of a product, a gap in the factors) `checking` finds.
"""

from datetime import date
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import Any

from tanhui.core import units
from tanhui.core.factors import Factor, Source
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
from tanhui.steps.identify.documents import Document, Path_
from tanhui.steps.quantify.factor_loader import (
    Factors,
    load_factors,
    read_day,
    read_factor_value,
    read_sources,
    unknown_source,
)  # fmt: skip
from tanhui.steps.quantify.schemas import validator

__all__ = ["Factors", "load_factors", "load_methodology", "read_methodology", "validator"]


def load_methodology(path: Path, *, factors: Factors) -> Methodology:
    """The methodology of this document, its operands resolved to factors. Raises `DocumentRefusal`."""
    document = Document(path)
    document.validate(validator("methodology"))
    return read_methodology(document, factors=factors)


def read_methodology(document: Document, *, factors: Factors) -> Methodology:
    """The methodology of a document that fits its schema. Raises `DocumentRefusal`."""
    return _Reader(document, factors).methodology()


def document_digest(text: str) -> str:
    """The hash by which a methodology's text is known."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


class _Reader:
    """Turns one checked document into a methodology."""

    def __init__(self, document: Document, factors: Factors) -> None:
        self.document, self.row = document, document.content
        self.sources = read_sources(document)
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
            digest=document_digest(self.document.text),
        )  # fmt: skip

    def _parameters(self) -> Factors:
        parameters = {}
        for name, spec in self.row.get("parameters", {}).items():
            at: Path_ = ("parameters", name)
            value = {"region": NATION, "from": "1990-01-01"} | {
                k: v for k, v in spec.items() if k not in {"title", "unit"}
            }
            found = read_factor_value(self.document, at, value, spec["unit"], self.sources)
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
        zero = next((value for value in self.factors[name].values if value.value == 0), None)
        if form == "inverse" and zero is not None:
            text = Text(
                "因子“{f}”在 {r} 自 {d} 起为 0，没有倒数。",
                "the factor “{f}” is 0 in {r} from {d}, and 0 has no inverse.",
            ).format(f=name, r=zero.region, d=zero.valid_from)
            raise self.document.refuse("inverse_of_zero", text, at)
        return Operand(self.factors[name], form)  # type: ignore[arg-type] # one of the three literals, by the lines above

    def _comparison(self, number: int, spec: dict[str, Any]) -> Comparison:
        source = self._source(spec["source"], ("comparisons", number, "source"))
        given = {name: str(value) for name, value in spec["given"].items()}
        variant, variants = spec.get("variant"), self.row["variants"]
        if variant is not None and variant not in variants:
            text = Text("没有变体“{v}”；可用：{n}。", "there is no variant “{v}”; there are: {n}.")
            text = text.format(v=variant, n=", ".join(variants))
            raise self.document.refuse("variant_unknown", text, ("comparisons", number, "variant"))
        return Comparison(str(spec["value"]), spec["unit"], source, given, Text(**spec["why"]), variant)

    def _source(self, code: str, at: Path_) -> Source:
        if code not in self.sources:
            raise unknown_source(self.document, code, at)
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
        return read_day(self.document, self.row[at[0]][at[1]], at)

    def _until(self, at: Path_, spec: dict[str, Any]) -> date | None:
        return read_day(self.document, spec["until"], (*at, "until")) if "until" in spec else None

    def _check(self, probe: Any, at: Path_) -> None:
        try:
            probe()
        except Refusal as problem:
            raise self.document.refuse(problem.code, problem.text, at) from problem


def read_cap(row: dict[str, Any]) -> Cap:
    """The cap that a row of a checked document states."""
    grams, records = row.get("reduction_g"), row.get("records")
    reduction_mg = None if grams is None else int(Fraction(grams) * 1000)
    return Cap(row["per"], row.get("by", "person"), None if records is None else int(records), reduction_mg)
