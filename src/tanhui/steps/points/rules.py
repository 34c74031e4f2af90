"""Conversion rules read from their documents, and kept in the database word for word once they have converted anything."""

from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from tanhui.core.conversion import ConversionRule, Expiry, Multiplier, PointsCap
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.identify.behaviors import METHODOLOGIES
from tanhui.steps.identify.documents import Document
from tanhui.steps.points.models import StoredRule
from tanhui.steps.quantify.loader import validator


def load_rule(path: Path) -> tuple[ConversionRule, dict[str, Any]]:
    """The rule of this document, and the document. Raises `DocumentRefusal`."""
    document = Document(path)
    document.validate(validator("points-rule"))
    return read_rule(document.content), document.content


def read_rule(row: dict[str, Any]) -> ConversionRule:
    """The rule that a checked document states."""
    return ConversionRule(
        code=row["code"], version=row["version"], valid_from=date.fromisoformat(row["valid"]["from"]),
        valid_until=_day(row["valid"], "until"),
        milli_per_mg=Fraction(row["rate"]["points"]) / Fraction(row["rate"]["per_g"]),
        expiry=Expiry(row["expiry"]["kind"], row["expiry"].get("count", 0)),
        claw_back=row["claw_back"], approved_by=row["approved_by"],
        multipliers=tuple(_multiplier(multiplier) for multiplier in row.get("multipliers", [])),
        caps=tuple(_cap(cap) for cap in row.get("caps", [])),
    )  # fmt: skip


@lru_cache(maxsize=1)
def shipped_rules() -> tuple[tuple[ConversionRule, dict[str, Any]], ...]:
    """The rules that ship with the platform."""
    return tuple(load_rule(path) for path in sorted((METHODOLOGIES / "points").glob("*.yaml")))


def approve_rule(document: dict[str, Any], *, now: datetime) -> int:
    """The number of the rule as stored; stored now if it is new.

    Raises `Refusal` when the same version was approved with other content: a rule in use never changes.
    """
    rule = read_rule(document)
    row, _ = StoredRule.objects.get_or_create(
        code=rule.code, version=rule.version,
        defaults={
            "valid_from": rule.valid_from, "valid_until": rule.valid_until, "document": document,
            "approved_by": rule.approved_by, "approved_at": now,
        },
    )  # fmt: skip
    if row.document != document:
        raise Refusal(
            "rule_changed",
            Text(
                "规则 {c} 第 {v} 版已经启用，内容不能更改；请增加版本号。",
                "Version {v} of the rule {c} is in use and cannot change; raise its version.",
            ).format(c=rule.code, v=rule.version),
        )
    return row.id


def readable_rule(text: str) -> tuple[ConversionRule, dict[str, Any]]:
    """The rule that a text states, and its content. Raises `DocumentRefusal`."""
    document = Document(Path("points-rule.yaml"), text=text)
    document.validate(validator("points-rule"))
    return read_rule(document.content), document.content


def check_rule(text: str, *, today: date) -> ConversionRule:
    """The rule that a text states, once it may follow those there are: a new version, from today on at the earliest.

    Raises `DocumentRefusal`; `Refusal` `rule_retroactive`, `version_not_newer`.
    """
    rule, _ = readable_rule(text)
    if rule.valid_from < today:
        sentence = Text(
            "规则不能追溯生效；最早自 {d} 起。", "A rule does not work backwards; from {d} at the earliest."
        )
        raise Refusal("rule_retroactive", sentence.format(d=today), field="valid.from")
    newest = max((known.version for _, known in stored_rules() if known.code == rule.code), default=0)
    if rule.version <= newest:
        sentence = Text("版本号须大于 {v}。", "The version must be above {v}.").format(v=newest)
        raise Refusal("version_not_newer", sentence, field="version")
    return rule


def rule_on(day: date) -> dict[str, Any] | None:
    """The document of the rule that converts acts of that day, or None."""
    for number, rule in stored_rules():
        if rule.valid_from <= day and (rule.valid_until is None or day < rule.valid_until):
            return stored_rule(number)
    return None


def stored_rule(number: int) -> dict[str, Any] | None:
    """The document of the rule of that number, or None for the number 0 of records that no rule converted."""
    return StoredRule.objects.filter(pk=number).values_list("document", flat=True).first()


def stored_rules() -> list[tuple[int, ConversionRule]]:
    """Every rule approved so far with its number, the newest version first; of equally new ones the first approved."""
    return [(row.id, read_rule(row.document)) for row in StoredRule.objects.order_by("-valid_from", "-version", "id")]


def newest_rule() -> int:
    """The number of the rule approved last; 0 where there is none."""
    return StoredRule.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _multiplier(row: dict[str, Any]) -> Multiplier:
    return Multiplier(
        factor=Fraction(row["factor"]), why=Text(**row["why"]),
        behaviors=frozenset(row["behaviors"]) if "behaviors" in row else None,
        partners=frozenset(row["partners"]) if "partners" in row else None,
        evidence=row.get("evidence"), valid_from=_day(row, "from"), valid_until=_day(row, "until"),
    )  # fmt: skip


def _cap(row: dict[str, Any]) -> PointsCap:
    return PointsCap(row["per"], int(Fraction(row["points"]) * 1000), row.get("behavior"))


def _day(row: dict[str, Any], key: str) -> date | None:
    return date.fromisoformat(row[key]) if key in row else None
