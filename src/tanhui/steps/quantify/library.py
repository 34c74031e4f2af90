"""The shipped library: every methodology and factor, compiled, and which coefficient holds for a record."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tanhui.core.coefficients import Coefficient, compile_methodology
from tanhui.core.factors import Factor
from tanhui.core.methodology import Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.regions import fallback
from tanhui.core.text import Text
from tanhui.core.units import GASES
from tanhui.steps.identify.behaviors import METHODOLOGIES
from tanhui.steps.quantify.loader import Factors, load_factors, load_methodology

GWP_SET = "ar5"


@dataclass(frozen=True)
class Library:
    """Methodologies by (code, version), and their coefficients, to be asked for one record's behavior, place and day."""

    factors: Factors
    methodologies: tuple[Methodology, ...]
    coefficients: tuple[Coefficient, ...]
    gwp: dict[str, Factor]

    def methodology(self, code: str, version: str) -> Methodology:
        """That version of a methodology; it must exist."""
        return next(m for m in self.methodologies if (m.code, m.version) == (code, version))

    def for_behavior(self, number: int) -> tuple[Methodology, ...]:
        """The methodologies of a behavior, the nation's last."""
        return tuple(
            sorted((m for m in self.methodologies if m.behavior == number), key=lambda m: m.regions, reverse=True)
        )

    def candidates(self, behavior: int, region: str, on: date) -> tuple[Coefficient, ...]:
        """The coefficients in force there and then, the nearest region's first, each variant in its document's order."""
        rows = self._by_place()
        return tuple(
            row
            for place in fallback(region)
            for row in rows[behavior, place]
            if row.valid_from <= on and (row.valid_until is None or on < row.valid_until)
        )

    def _by_place(self) -> dict[tuple[int, str], list[Coefficient]]:
        return _by_place(self.coefficients)


@lru_cache(maxsize=8)
def _by_place(coefficients: tuple[Coefficient, ...]) -> dict[tuple[int, str], list[Coefficient]]:
    rows: dict[tuple[int, str], list[Coefficient]] = defaultdict(list)
    for row in coefficients:
        rows[row.behavior, row.region].append(row)
    return rows


def choose(
    library: Library, *, behavior: int, region: str, on: date, given: Iterable[str], variant: str | None = None
) -> Coefficient:
    """The coefficient for a record that gives those fields, from the nearest region that has one.

    It is that of the variant asked for, or else of the first variant whose fields are all given. Raises `Refusal`: nothing
    in force, no such variant, or fields missing.
    """
    rows = library.candidates(behavior, region, on)
    if not rows:
        text = Text("{d} 在 {r} 没有有效的方法学。", "No methodology is in force in {r} on {d}.").format(d=on, r=region)
        raise Refusal("methodology_not_in_force", text, field="occurred_at")
    if variant is not None:
        named = [row for row in rows if row.variant == variant]
        if not named:
            names = ", ".join(dict.fromkeys(row.variant for row in rows))
            text = Text("没有变体“{v}”；可用：{n}。", "There is no variant “{v}”; there are: {n}.").format(
                v=variant, n=names
            )
            raise Refusal("variant_unknown", text, field="variant")
        rows = tuple(named)
    names_given = set(given)
    for row in rows:
        if names_given >= set(_required(library, row)):
            return row
    needed = " | ".join(dict.fromkeys("+".join(_required(library, row)) for row in rows))
    text = Text("缺少字段；需要：{n}。", "Fields are missing; needed: {n}.").format(n=needed)
    raise Refusal("field_missing", text, field=_required(library, rows[0])[0])


def _required(library: Library, row: Coefficient) -> tuple[str, ...]:
    variant = library.methodology(row.methodology, row.version).variant(row.variant)
    assert variant is not None
    return variant.requires


def build_library(methodologies: Iterable[Methodology], factors: Factors, *, gwp_set: str = GWP_SET) -> Library:
    """A library of these methodologies. Raises `Refusal` when two hold for the same behavior, place, variant and day."""
    gwp = {gas: factors[code] for gas in GASES if (code := f"gwp.{gwp_set}.{gas.lower()}") in factors}
    documents = tuple(methodologies)
    coefficients = tuple(row for document in documents for row in compile_methodology(document, gwp=gwp))
    _check_no_overlap(coefficients)
    return Library(factors, documents, coefficients, gwp)


@lru_cache(maxsize=4)
def library(gwp_set: str = GWP_SET) -> Library:
    """The library that ships with the platform. Raises `DocumentRefusal` or `Refusal` when it is not in order."""
    factors = load_factors(sorted((METHODOLOGIES / "factors").glob("*.yaml")))
    paths = sorted(path for path in METHODOLOGIES.glob("[0-9]*/*.yaml") if not path.name.endswith(".cases.yaml"))
    return build_library((load_methodology(path, factors=factors) for path in paths), factors, gwp_set=gwp_set)


def _check_no_overlap(coefficients: tuple[Coefficient, ...]) -> None:
    seen: dict[tuple[int, str, str], list[Coefficient]] = defaultdict(list)
    for row in coefficients:
        key = (row.behavior, row.region, row.variant)
        for other in seen[key]:
            starts_before = other.valid_until is None or row.valid_from < other.valid_until
            ends_after = row.valid_until is None or other.valid_from < row.valid_until
            if starts_before and ends_after:
                text = Text(
                    "{a} 与 {b} 对行为 {n}、地区 {r}、变体 {v} 的有效期重叠。",
                    "{a} and {b} are both in force for behavior {n}, region {r}, variant {v}.",
                ).format(a=other.methodology, b=row.methodology, n=row.behavior, r=row.region, v=row.variant)
                raise Refusal("methodology_overlap", text)
        seen[key].append(row)
