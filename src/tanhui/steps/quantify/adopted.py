"""The installation's own methodologies and factors: documents that were approved here, kept in the database, beside what ships.

Nothing adopted works backwards. A methodology holds from its own first day; factors are adopted from a day on, before which
every value is what it was. What was priced keeps the version that priced it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from tanhui.core.factors import Factor, FactorValue
from tanhui.core.methodology import Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.identify.documents import Document
from tanhui.steps.quantify.cases import failing_cases
from tanhui.steps.quantify.checking import LEAST_CASES, misfits_when_computed
from tanhui.steps.quantify.factor_loader import Factors, read_factors
from tanhui.steps.quantify.library import GWP_SET, Library, library, version_order
from tanhui.steps.quantify.loader import read_methodology
from tanhui.steps.quantify.models import AdoptedDocument
from tanhui.steps.quantify.schemas import validator

METHODOLOGY, FACTOR = "methodology", "factor"
FIRST_DAY = date(1990, 1, 1)


def installed_library(gwp_set: str = GWP_SET) -> Library:
    """The library of this installation: what ships, and what was adopted so far. Raises as `library` does."""
    return _installed(gwp_set, adopted_mark())


def adopted_mark() -> int:
    """A number that rises whenever something is adopted; 0 where nothing was."""
    return AdoptedDocument.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def approved_by(code: str, version: str) -> str | None:
    """Who approved that version of a methodology here; None for one that ships with the platform."""
    rows = AdoptedDocument.objects.filter(kind=METHODOLOGY, code=code, version=version)
    return rows.values_list("approved_by", flat=True).first()


def readable_methodology(text: str, *, factors: Factors) -> tuple[Document, Methodology]:
    """The methodology that a text states. Raises `DocumentRefusal`."""
    document = Document(Path("methodology.yaml"), text=text)
    document.validate(validator("methodology"))
    return document, read_methodology(document, factors=factors)


def readable_factors(text: str) -> Factors:
    """The factors that a text states. Raises `DocumentRefusal`."""
    document = Document(Path("factors.yaml"), text=text)
    document.validate(validator("factor"))
    return read_factors(document, known={})


def check_methodology(text: str, cases: str, *, installed: Library) -> Methodology:
    """The methodology, once all is in order as it would be used beside the others, and every case computes what it says.

    Raises `DocumentRefusal`; `Refusal` `version_not_newer`, `begins_before_newest`, `cases_too_few`, `methodology_overlap`.
    """
    document, methodology = readable_methodology(text, factors=installed.factors)
    newest = installed.named(methodology.code)
    if newest is not None:
        _check_succeeds(document, newest, methodology)
    for problem in misfits_when_computed(document, methodology, gwp=installed.gwp):
        raise problem
    joined = installed.joined(methodology)
    joined.coefficients(methodology.behavior)
    written = Document(Path("methodology.cases.yaml"), text=cases)
    written.validate(validator("cases"))
    if written.content["methodology"] != methodology.code or len(written.content["cases"]) < LEAST_CASES:
        sentence = Text("至少需要本方法学的 {n} 个算例。", "it needs at least {n} cases of this methodology.")
        raise written.refuse("cases_too_few", sentence.format(n=LEAST_CASES), ("cases",))
    for problem in failing_cases(written, library=joined):
        raise problem
    return methodology


def check_factors(text: str, *, effective_on: date, installed: Library) -> Factors:
    """The factors that are new or not as they were, once every methodology that uses them computes with them.

    Raises `DocumentRefusal`; `Refusal` `factor_retroactive` when a value before that day would be another, `factor_unit`,
    `nothing_changed`, and what a methodology finds missing.
    """
    changed = {code: factor for code, factor in readable_factors(text).items() if installed.factors.get(code) != factor}
    if not changed:
        raise Refusal(
            "nothing_changed", Text("与现有因子没有差别。", "The factors are what they are now."), field="document"
        )
    for code, factor in changed.items():
        if (known := installed.factors.get(code)) is not None:
            _check_past(known, factor, effective_on)
    after = installed.with_factors(changed)
    for methodology in using(installed, changed):
        after.coefficients(methodology.behavior)
    return changed


def using(installed: Library, factors: Factors) -> list[Methodology]:
    """The methodologies that compute with any of these factors."""
    warming = {code for factor in installed.gwp.values() if (code := factor.code) in factors}
    return [m for m in installed.methodologies if warming or not factors.keys().isdisjoint(_codes(m))]


def as_if_always(factors: Factors, *, effective_on: date) -> Factors:
    """The factors as they would be had their values of that day always held: for a dry run on what is booked."""
    return {code: replace(factor, values=tuple(_always(factor, effective_on))) for code, factor in factors.items()}


def adopt(
    kind: str, *, code: str, version: str, document: str, cases: str, effective_on: date, approved_by: str, proposal: int,
    now: datetime,
) -> int:  # fmt: skip
    """Keeps an approved document; the number it is kept under. Part of the caller's transaction."""
    row = AdoptedDocument.objects.create(
        kind=kind, code=code, version=version, digest=text_digest(document), document=document, cases=cases,
        effective_on=effective_on, approved_by=approved_by, proposal=proposal, adopted_at=now,
    )  # fmt: skip
    return int(row.pk)


def text_digest(text: str) -> str:
    """The hash by which a document's text is known."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=8)
def _installed(gwp_set: str, mark: int) -> Library:
    """The library up to that document. Factors come first, so that a methodology is read with the factors of today."""
    shipped = library(gwp_set)
    rows = list(AdoptedDocument.objects.filter(pk__lte=mark).order_by("pk"))
    if not rows:
        return shipped
    factors: Factors = {}
    for row in rows:
        factors |= readable_factors(row.document) if row.kind == FACTOR else {}
    found = shipped.with_factors(factors) if factors else shipped
    own = [readable_methodology(row.document, factors=found.factors)[1] for row in rows if row.kind == METHODOLOGY]
    return found.joined(*own)


def _check_succeeds(document: Document, newest: Methodology, methodology: Methodology) -> None:
    if version_order(methodology) <= version_order(newest):
        text = Text("版本号须大于 {v}。", "the version must be above {v}.").format(v=newest.version)
        raise document.refuse("version_not_newer", text, ("version",))
    if methodology.valid_from < newest.valid_from:
        text = Text("有效期须不早于上一版本的 {d}。", "it must not begin before the version before it, {d}.")
        raise document.refuse("begins_before_newest", text.format(d=newest.valid_from), ("valid", "from"))
    if methodology.behavior != newest.behavior:
        text = Text("代码“{c}”属于另一行为。", "the code “{c}” is of another behavior.").format(c=methodology.code)
        raise document.refuse("behaviors_differ", text, ("behavior",))


def _check_past(known: Factor, factor: Factor, effective_on: date) -> None:
    if known.unit != factor.unit:
        text = Text("因子 {c} 的单位是 {u}，不能更改。", "The unit of the factor {c} is {u} and cannot change.")
        raise Refusal("factor_unit", text.format(c=known.code, u=known.unit), field="unit")
    if _before(known, effective_on) != _before(factor, effective_on):
        text = Text(
            "因子 {c} 在 {d} 之前的数值不能更改；请保留原有数值，只增加此日起的数值。",
            "The values of the factor {c} before {d} cannot change; keep them, and add those from that day on.",
        )
        raise Refusal("factor_retroactive", text.format(c=known.code, d=effective_on), field="document")


def _before(factor: Factor, day: date) -> set[FactorValue]:
    """The values before that day, as far as they reach until then; what is told beside them may be told better."""
    held = (value for value in factor.values if value.valid_from < day)
    return {
        FactorValue(
            value=v.value, region=v.region, valid_from=v.valid_from, quality=v.quality, source=None, where="",
            valid_until=min(v.valid_until or day, day), assumption=None, uncertainty="", expires=None, note=None,
            components=(), alternatives=(),
        )
        for v in held
    }  # fmt: skip


def _always(factor: Factor, day: date) -> Iterator[FactorValue]:
    for region in dict.fromkeys(value.region for value in factor.values):
        here = sorted((v for v in factor.values if v.region == region), key=lambda v: v.valid_from)
        value = next((v for v in here if v.valid_until is None or v.valid_until > day), here[-1])
        yield replace(value, valid_from=FIRST_DAY, valid_until=None)


def _codes(methodology: Methodology) -> set[str]:
    return {
        operand.factor.code
        for variant in methodology.variants for term in variant.terms
        for operand in term.adjustment + term.conversion + term.emission_factor
    }  # fmt: skip
