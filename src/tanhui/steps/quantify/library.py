"""The library of methodologies and factors, that which ships and what joins it, and which coefficient holds for a record.

A behavior's documents are read and compiled when it is first asked for; `methodologies` reads them all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from tanhui.core.coefficients import Coefficient, compile_methodology, regions_of
from tanhui.core.factors import Factor
from tanhui.core.methodology import Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.regions import fallback
from tanhui.core.text import Text
from tanhui.core.units import GASES
from tanhui.steps.identify.behaviors import METHODOLOGIES, behaviors
from tanhui.steps.identify.documents import Document
from tanhui.steps.quantify.loader import Factors, load_factors, load_methodology, read_methodology

GWP_SET = "ar5"
GWP_SETS = ("sar", "ar4", "ar5", "ar6")


class Library:
    """Methodologies by behavior, and their coefficients, to be asked for one record's behavior, place and day."""

    def __init__(self, factors: Factors, documents: dict[int, list[Path]], *, gwp_set: str = GWP_SET) -> None:
        """`documents` are the methodology files of each behavior; `gwp_set` names the warming potentials."""
        self.factors, self.gwp_set = factors, gwp_set
        self.gwp: dict[str, Factor] = {
            gas: factors[code] for gas in GASES if (code := f"gwp.{gwp_set}.{gas.lower()}") in factors
        }
        self.documents = documents
        self._replaced: frozenset[str] = frozenset()
        self._given: tuple[Methodology, ...] = ()
        self._methodologies: dict[int, tuple[Methodology, ...]] = {}
        self._coefficients: dict[tuple[int, str], list[Coefficient]] = {}

    def trying(self, *given: Methodology, without: Iterable[str] = ()) -> "Library":
        """The library as it would be with the methodologies given, in place of those of these codes and of their own."""
        tried = Library(self.factors, self.documents, gwp_set=self.gwp_set)
        tried._replaced = self._replaced | {methodology.code for methodology in given} | set(without)
        tried._given = (*(m for m in self._given if m.code not in tried._replaced), *given)
        return tried

    def joined(self, *given: Methodology) -> "Library":
        """The library with further methodologies.

        A further version of a code holds from its own first day on, and the one before it until then, so that no act of the
        past is priced anew.
        """
        further = Library(self.factors, self.documents, gwp_set=self.gwp_set)
        further._replaced, further._given = self._replaced, (*self._given, *given)
        return further

    def with_factors(self, factors: Factors) -> "Library":
        """The library read again with these factors in place of those of their codes, or beside them."""
        other = Library(self.factors | factors, self.documents, gwp_set=self.gwp_set)
        given = (Document(Path(f"{m.code}@{m.version}"), text=m.document) for m in self._given)
        other._replaced = self._replaced
        other._given = tuple(read_methodology(document, factors=other.factors) for document in given)
        return other

    @property
    def methodologies(self) -> tuple[Methodology, ...]:
        """Every methodology, by behavior. Raises `DocumentRefusal` when one is not in order."""
        numbers = {*self.documents, *(methodology.behavior for methodology in self._given)}
        return tuple(methodology for number in sorted(numbers) for methodology in self.for_behavior(number))

    def for_behavior(self, number: int) -> tuple[Methodology, ...]:
        """The methodologies of a behavior, the nation's last. Raises `DocumentRefusal` when one is not in order."""
        if number not in self._methodologies:
            shipped = (load_methodology(path, factors=self.factors) for path in self.documents.get(number, []))
            found = [methodology for methodology in shipped if methodology.code not in self._replaced]
            found += [methodology for methodology in self._given if methodology.behavior == number]
            self._methodologies[number] = tuple(sorted(_succeeding(found), key=lambda m: (-_nearness(m), m.code)))
        return self._methodologies[number]

    def named(self, code: str, version: str | None = None) -> Methodology | None:
        """The methodology of that code, its newest version unless one is given, or None."""
        found = [m for m in self.methodologies if m.code == code and version in {None, m.version}]
        return max(found, key=version_order, default=None)

    def methodology(self, coefficient: Coefficient) -> Methodology:
        """The methodology a coefficient belongs to."""
        key = (coefficient.methodology, coefficient.version)
        return next(m for m in self.for_behavior(coefficient.behavior) if (m.code, m.version) == key)

    def coefficients(self, behavior: int) -> dict[str, list[Coefficient]]:
        """A behavior's coefficients by region: a city's or province's own methodology before the nation's.

        Raises `Refusal` when two equally near ones hold for the same region, variant and day.
        """
        found = self.for_behavior(behavior)
        places = {place: None for methodology in found for place in regions_of(methodology, gwp=self.gwp)}
        return {place: self.coefficients_at(behavior, place) for place in places}

    def coefficients_at(self, behavior: int, place: str) -> list[Coefficient]:
        """A behavior's coefficients of that region itself, not of those it falls back to. Raises as `coefficients` does."""
        if (behavior, place) not in self._coefficients:
            rows: list[Coefficient] = []
            for _, equally_near in groupby(self.for_behavior(behavior), key=_nearness):
                found = [row for m in equally_near for row in compile_methodology(m, gwp=self.gwp, only=(place,))]
                _check_no_overlap(found)
                rows += [part for row in found for part in _outside(row, rows)]
            self._coefficients[behavior, place] = rows
        return self._coefficients[behavior, place]

    def candidates(self, behavior: int, region: str, on: date) -> list[Coefficient]:
        """The coefficients in force there and then, the nearest region's first, each variant in its document's order."""
        return [
            row
            for place in fallback(region)
            for row in self.coefficients_at(behavior, place)
            if row.valid_from <= on and (row.valid_until is None or on < row.valid_until)
        ]

    def required(self, coefficient: Coefficient) -> tuple[str, ...]:
        """The fields a record must give for that coefficient."""
        variant = self.methodology(coefficient).variant(coefficient.variant)
        assert variant is not None
        return variant.requires


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
        rows = named
    names_given = set(given)
    for row in rows:
        if names_given >= set(library.required(row)):
            return row
    needed = " | ".join(dict.fromkeys("+".join(library.required(row)) for row in rows))
    missing = next(name for name in library.required(rows[0]) if name not in names_given)
    text = Text("缺少字段；需要：{n}。", "Fields are missing; needed: {n}.").format(n=needed)
    raise Refusal("field_missing", text, field=missing)


@lru_cache(maxsize=4)
def library(gwp_set: str = GWP_SET) -> Library:
    """The library that ships with the platform, under one of the IPCC's sets of warming potentials.

    Raises `DocumentRefusal` when a factor document is not in order, and `Refusal` for an unknown set.
    """
    if gwp_set not in GWP_SETS:
        text = Text("没有 GWP 数据集“{g}”；可用：{s}。", "There is no GWP set “{g}”; there are: {s}.")
        raise Refusal("gwp_unknown", text.format(g=gwp_set, s=", ".join(GWP_SETS)), field="gwp")
    factors = load_factors(sorted((METHODOLOGIES / "factors").glob("*.yaml")))
    documents = {
        behavior.number: sorted(
            path
            for path in (METHODOLOGIES / f"{behavior.number:02d}-{behavior.code}").glob("*.yaml")
            if not path.name.endswith(".cases.yaml")
        )
        for behavior in behaviors()
    }
    return Library(factors, documents, gwp_set=gwp_set)


def compiled(of: Library, methodology: Methodology) -> tuple[Coefficient, ...]:
    """All coefficients of a methodology by itself, as if no nearer one were in force. Raises `Refusal`."""
    return compile_methodology(methodology, gwp=of.gwp)


def version_order(methodology: Methodology) -> list[int]:
    """What a methodology's versions are ordered by: 1.10.0 is after 1.9.0."""
    return [int(part) for part in methodology.version.split(".")]


def _succeeding(found: Iterable[Methodology]) -> Iterator[Methodology]:
    """Of the versions of a code, each until the next begins; one that never holds is left out."""
    in_order = sorted(found, key=lambda m: (m.code, m.valid_from, version_order(m)))
    for here, following in zip(in_order, [*in_order, None][1:], strict=True):
        if following is None or following.code != here.code:
            yield here
        elif here.valid_from < following.valid_from:
            until = min(here.valid_until or following.valid_from, following.valid_from)
            yield here if until == here.valid_until else replace(here, valid_until=until)


def _nearness(methodology: Methodology) -> int:
    """How near a methodology is to a place: a city's is nearer than a province's, the nation's is the farthest."""
    return min(len(fallback(region)) for region in methodology.regions)


def _outside(row: Coefficient, nearer: Iterable[Coefficient]) -> list[Coefficient]:
    """What is left of a row's validity where no nearer methodology holds for its region and variant."""
    parts = [row]
    for other in nearer:
        if (other.region, other.variant) == (row.region, row.variant):
            parts = [rest for part in parts for rest in _without(part, other)]
    return parts


def _without(row: Coefficient, other: Coefficient) -> Iterator[Coefficient]:
    begins_before = row.valid_from < other.valid_from
    ends_after = other.valid_until is not None and (row.valid_until is None or other.valid_until < row.valid_until)
    if begins_before:
        end = other.valid_from if row.valid_until is None else min(row.valid_until, other.valid_from)
        yield replace(row, valid_until=end)
    if ends_after:
        assert other.valid_until is not None
        yield replace(row, valid_from=max(row.valid_from, other.valid_until))


def _check_no_overlap(coefficients: Iterable[Coefficient]) -> None:
    seen: dict[tuple[str, str], list[Coefficient]] = defaultdict(list)
    for row in coefficients:
        for other in seen[row.region, row.variant]:
            starts_before = other.valid_until is None or row.valid_from < other.valid_until
            ends_after = row.valid_until is None or other.valid_from < row.valid_until
            if starts_before and ends_after:
                text = Text(
                    "{a} 与 {b} 对地区 {r}、变体 {v} 的有效期重叠。",
                    "{a} and {b} are both in force for region {r}, variant {v}.",
                ).format(a=other.methodology, b=row.methodology, r=row.region, v=row.variant)
                raise Refusal("methodology_overlap", text)
        seen[row.region, row.variant].append(row)
