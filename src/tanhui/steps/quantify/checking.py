"""Checking documents before they are used: every factor, methodology and case of the given files, with each problem placed.

A factor or methodology given takes the place of the shipped one of its code, so that a draft is checked as it would be used.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tanhui.core.coefficients import Gwp, compile_methodology
from tanhui.core.methodology import Methodology, Variant
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.identify.behaviors import METHODOLOGIES, behaviors
from tanhui.steps.identify.documents import Document, DocumentRefusal, Path_
from tanhui.steps.quantify.cases import failing_cases
from tanhui.steps.quantify.factor_loader import Factors, read_factors
from tanhui.steps.quantify.library import Library, library
from tanhui.steps.quantify.loader import read_methodology
from tanhui.steps.quantify.schemas import KINDS, validator

LEAST_CASES = 3
CASES = ".cases.yaml"
_NOT_CHECKED_HERE = {"behaviors.yaml"}


@dataclass
class Checked:
    """What was checked, and every problem found."""

    documents: int = 0
    factors: int = 0
    methodologies: int = 0
    cases: int = 0
    problems: list[DocumentRefusal] = field(default_factory=list)
    notes: list[DocumentRefusal] = field(default_factory=list)
    """What is in order by itself, but could not be used beside the shipped methodologies as they are."""


def check_documents(paths: Sequence[Path] = ()) -> Checked:
    """What is wrong with the documents at these paths, files or folders, and the cases beside them; or with the library."""
    checked = Checked()
    documents = _fitting(_files(paths or [METHODOLOGIES]), checked)
    shipped = library()
    factors: Factors = {}
    for document in documents["factor"]:
        with _kept(checked):
            factors |= read_factors(document, known=factors)
    checked.factors = len(factors)
    base = Library(shipped.factors | factors, {} if not paths else shipped.documents) if factors else shipped
    found = _methodologies(documents["methodology"], base, checked)
    tried = base.trying(*(each for _, each in found))
    for document, methodology in found:
        checked.problems += misfits_when_computed(document, methodology, gwp=base.gwp)
    if not checked.problems:  # whether they go together shows when each is in order
        checked.problems += _overlaps(found, Library(base.factors, {}).trying(*(each for _, each in found)))
        checked.notes += [] if checked.problems else _overlaps(found, tried)
    if checked.notes:
        tried = Library(base.factors, {}).trying(*(each for _, each in found))
    for document in documents["cases"]:
        checked.cases += len(document.content["cases"])
        checked.problems += failing_cases(document, library=tried)
    if not paths:
        checked.problems += _without_cases(found, documents["cases"])
    return checked


def misfits_when_computed(document: Document, methodology: Methodology, *, gwp: Gwp) -> Iterator[DocumentRefusal]:
    """What only shows when the terms are computed: their units, gaps in the factors' validity, figures beyond 64 bits."""
    for variant in methodology.variants:
        try:
            compile_methodology(replace(methodology, variants=(variant,)), gwp=gwp)
        except Refusal as problem:
            yield document.refuse(problem.code, problem.text, _place(document, variant, problem.field or ""))


@contextmanager
def _kept(checked: Checked) -> Iterator[None]:
    """Keeps a refusal that is raised inside among the problems, and goes on after it."""
    try:
        yield
    except DocumentRefusal as problem:
        checked.problems.append(problem)


def _files(paths: Iterable[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(each for each in sorted(path.rglob("*.yaml")) if each.name not in _NOT_CHECKED_HERE)
            continue
        if not path.is_file():
            text = Text("没有文件或目录“{p}”。", "There is no file or folder “{p}”.").format(p=path)
            raise Refusal("document_missing", text, field="path")
        beside = path.with_name(path.name.removesuffix(".yaml") + CASES)
        found |= dict.fromkeys([path, *([beside] if beside.is_file() else [])])
    return list(found)


def _fitting(files: list[Path], checked: Checked) -> dict[str, list[Document]]:
    """The documents that fit their schema, by kind."""
    by_kind: dict[str, list[Document]] = {kind: [] for kind in KINDS}
    for path in files:
        checked.documents += 1
        with _kept(checked):
            document = Document(path)
            kind = _kind(document)
            misfits = document.misfits(validator(kind))
            checked.problems += misfits
            if not misfits:
                by_kind[kind].append(document)
    return by_kind


def _kind(document: Document) -> str:
    written = document.content.get("schema") if isinstance(document.content, dict) else None
    named = {f"tanhui/{kind}/1": kind for kind in KINDS}
    if written not in named:
        text = Text("schema 应为以下之一：{n}。", "schema must be one of: {n}.").format(n=", ".join(named))
        raise document.refuse("document_kind", text, ("schema",))
    return named[written]


def _methodologies(
    documents: list[Document], base: Library, checked: Checked
) -> list[tuple[Document, Methodology]]:  # fmt: skip
    found: list[tuple[Document, Methodology]] = []
    for document in documents:
        with _kept(checked):
            found.append((document, read_methodology(document, factors=base.factors)))
    checked.methodologies = len(documents)
    return found


def _overlaps(found: list[tuple[Document, Methodology]], together: Library) -> Iterator[DocumentRefusal]:
    """Where two methodologies of one behavior would hold equally near for the same place, variant and day."""
    firsts = {methodology.behavior: document for document, methodology in reversed(found)}
    for behavior, document in sorted(firsts.items(), key=lambda pair: pair[0]):
        try:
            together.coefficients(behavior)
        except Refusal as problem:
            yield document.refuse(problem.code, problem.text, ("regions",))


def _without_cases(
    found: list[tuple[Document, Methodology]], documents: list[Document]
) -> Iterator[DocumentRefusal]:  # fmt: skip
    counted: dict[str, int] = {}
    for document in documents:
        code = document.content["methodology"]
        counted[code] = counted.get(code, 0) + len(document.content["cases"])
    for document, methodology in found:
        if counted.get(methodology.code, 0) < LEAST_CASES:
            text = Text("至少需要 {n} 个算例。", "it needs at least {n} cases beside it.").format(n=LEAST_CASES)
            yield document.refuse("cases_too_few", text, ("code",))
    covered = {methodology.behavior for _, methodology in found}
    for behavior in behaviors():
        if behavior.number not in covered:
            text = Text("行为 {n} 没有方法学。", "the behavior {n} has no methodology.").format(n=behavior.code)
            yield Document(METHODOLOGIES / "behaviors.yaml").refuse(
                "behavior_uncovered", text, ("behaviors", behavior.number - 1)
            )


def _place(document: Document, variant: Variant, name: str) -> Path_:
    """Where a term of that name stands in a variant, or an operand of that name, or else the variant."""
    at: Path_ = ("variants", variant.name)
    spec: dict[str, Any] = document.content["variants"][variant.name]
    for side in ("baseline", "project", "coefficient"):
        for number, row in enumerate(spec.get(side, [])):
            if row["term"] == name:
                return (*at, side, number)
            for group in ("adjustment", "conversion", "emission_factor"):
                for index, operand in enumerate(row.get(group, [])):
                    if operand.removeprefix("/").removeprefix("1-") == name:
                        return (*at, side, number, group, index)
    return at
