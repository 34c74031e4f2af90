"""Coefficients kept as they priced a record: stored at first use with their document, never changed."""

import json
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from tanhui.core.coefficients import Coefficient, evaluate
from tanhui.core.described import Json, decimal, describe_term, text
from tanhui.core.methodology import Cap, Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.identify.documents import Document
from tanhui.steps.quantify.adopted import approved_by
from tanhui.steps.quantify.factor_loader import Factors
from tanhui.steps.quantify.library import Library
from tanhui.steps.quantify.loader import read_cap, read_methodology
from tanhui.steps.quantify.models import MethodologyVersion, StoredCoefficient

SHIPPED = "shipped with the platform"


def store_coefficient(library: Library, coefficient: Coefficient, *, now: datetime) -> int:
    """The number under which this coefficient is kept; kept now if it is new.

    Raises `Refusal` when the methodology's version was in use with another text: what is published never changes.
    """
    methodology = library.methodology(coefficient)
    content = describe_coefficient(library, coefficient)
    digest = content_digest(content)
    known = StoredCoefficient.objects.filter(digest=digest).values_list("id", flat=True).first()
    if known is not None:
        return known
    row, _ = StoredCoefficient.objects.get_or_create(
        digest=digest,
        defaults={
            "methodology": _publish(methodology, now=now), "variant": coefficient.variant, "region": coefficient.region,
            "valid_from": coefficient.valid_from, "valid_until": coefficient.valid_until, "tradable": coefficient.tradable,
            "published_at": now, **{key: content[key] for key in ("monomials", "reduction_ng", "baseline_ng", "terms", "fields")},
        },
    )  # fmt: skip
    return row.id


def content_digest(content: Json) -> UUID:
    """What a stored coefficient is known by: the hash of all that `describe_coefficient` says of it."""
    return UUID(bytes=blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=16).digest())


def describe_coefficient(library: Library, coefficient: Coefficient) -> Json:
    """Everything a coefficient was computed from, as JSON; `core.described.recompute` computes it again from this."""
    methodology = library.methodology(coefficient)
    variant = methodology.variant(coefficient.variant)
    assert variant is not None
    terms = evaluate(methodology, variant, region=coefficient.region, on=coefficient.valid_from, gwp=library.gwp)
    return {
        "methodology": methodology.code, "version": methodology.version, "document": methodology.digest,
        "variant": coefficient.variant, "region": coefficient.region, "valid_from": coefficient.valid_from.isoformat(),
        "monomials": [list(monomial) for monomial in coefficient.monomials],
        "reduction_ng": list(coefficient.reduction_ng), "baseline_ng": list(coefficient.baseline_ng),
        "terms": [describe_term(value, methodology.fields) for value in terms],
        "fields": [
            {
                "name": name, "unit": field.unit, "step": str(field.step), "least": decimal(field.least),
                "most": decimal(field.most), "rounding": field.rounding, "meaning": text(field.meaning),
            }
            for name, field in ((name, methodology.fields[name]) for name in variant.requires)
        ],
    }  # fmt: skip


@lru_cache(maxsize=4096)
def stored_coefficient(number: int) -> Json:
    """The stored coefficient of that number with its methodology, as JSON; it must exist and never changes."""
    row = StoredCoefficient.objects.select_related("methodology").get(pk=number)
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "id",
            "variant",
            "region",
            "monomials",
            "reduction_ng",
            "baseline_ng",
            "terms",
            "fields",
            "tradable",
        )
    }
    methodology = row.methodology
    return values | {
        "methodology": methodology.code, "version": methodology.version, "behavior": methodology.behavior,
        "valid_from": row.valid_from.isoformat(), "approved_by": methodology.approved_by,
        "published_at": methodology.published_at.isoformat(), "digest": str(row.digest),
    }  # fmt: skip


@lru_cache(maxsize=4096)
def stored_caps(number: int) -> tuple[Cap, ...]:
    """The caps of the methodology that a stored coefficient belongs to, read from its document as it was in use."""
    return tuple(read_cap(row) for row in _document_of(number).get("caps", []))


@lru_cache(maxsize=4096)
def stored_max_speed(number: int) -> Fraction | None:
    """The speed in km/h beyond which the methodology of a stored coefficient believes no record, if it names one."""
    speed = _document_of(number).get("max_speed_kmh")
    return None if speed is None else Fraction(speed)


def _document_of(number: int) -> Json:
    return plain_content(StoredCoefficient.objects.values_list("methodology__document", flat=True).get(pk=number))


def plain_content(document: str) -> Json:
    """What a methodology's text says, every value of it as written. Raises `yaml.YAMLError` for what is no YAML."""
    content: Json = yaml.load(document, Loader=yaml.BaseLoader)  # noqa: S506 - the loader that makes nothing but strings
    return content


def stored_methodology(code: str, version: str, *, factors: Factors) -> Methodology | None:
    """A version that has been in use, read from its document with the factors of today, or None."""
    row = MethodologyVersion.objects.filter(code=code, version=version).first()
    if row is None:
        return None
    return read_methodology(Document(Path(f"{code}@{version}"), text=row.document), factors=factors)


def _publish(methodology: Methodology, *, now: datetime) -> MethodologyVersion:
    row, _ = MethodologyVersion.objects.get_or_create(
        code=methodology.code, version=methodology.version,
        defaults={
            "behavior": methodology.behavior, "digest": methodology.digest, "document": methodology.document,
            "approved_by": approved_by(methodology.code, methodology.version) or SHIPPED, "published_at": now,
        },
    )  # fmt: skip
    if row.digest != methodology.digest:
        raise Refusal(
            "methodology_changed",
            Text(
                "方法学 {c} {v} 已经启用，内容不能更改；请增加版本号。",
                "The methodology {c} {v} is in use and cannot change; raise its version.",
            ).format(c=methodology.code, v=methodology.version),
        )
    return row
