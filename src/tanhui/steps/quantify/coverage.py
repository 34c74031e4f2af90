"""How well methodologies are founded: which of their factors rest on a source and which on an assumption, and their cases."""

from tanhui.core.methodology import Methodology
from tanhui.steps.identify.behaviors import METHODOLOGIES
from tanhui.steps.identify.documents import Document


def factors_used(methodology: Methodology) -> tuple[list[str], list[str]]:
    """The names of its factors and parameters: those whose newest value has a source, and those assumed."""
    sourced: set[str] = set()
    assumed: set[str] = set()
    for variant in methodology.variants:
        for term in variant.terms:
            for operand in term.adjustment + term.conversion + term.emission_factor:
                newest = max(operand.factor.values, key=lambda value: value.valid_from)
                own = operand.factor.code in methodology.parameters
                name = f"{methodology.code}.{operand.factor.code}" if own else operand.factor.code
                (sourced if newest.assumption is None else assumed).add(name)
    return sorted(sourced), sorted(assumed)


def shipped_cases() -> dict[str, int]:
    """How many cases ship with each methodology, by its code."""
    counted: dict[str, int] = {}
    for path in METHODOLOGIES.glob("[0-9]*/*.cases.yaml"):
        content = Document(path).content
        counted[content["methodology"]] = counted.get(content["methodology"], 0) + len(content["cases"])
    return counted
