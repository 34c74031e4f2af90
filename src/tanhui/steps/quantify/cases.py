"""The cases beside a methodology: records whose reduction was computed by hand, and whether it computes the same."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.core.trace import quantify_one
from tanhui.steps.identify.documents import Document, DocumentRefusal, Path_
from tanhui.steps.quantify.factor_loader import read_day
from tanhui.steps.quantify.library import Library, choose

FIGURES = ("baseline_mg", "project_mg", "reduction_mg")


def failing_cases(document: Document, *, library: Library) -> Iterator[DocumentRefusal]:
    """What the library computes otherwise than the cases of a document that fits its schema say."""
    code = document.content["methodology"]
    methodology = library.named(code)
    if methodology is None:
        text = Text("没有方法学“{c}”。", "there is no methodology “{c}”.").format(c=code)
        yield document.refuse("methodology_unknown", text, ("methodology",))
        return
    for number, case in enumerate(document.content["cases"]):
        try:
            yield from _failing(document, ("cases", number), case, methodology.behavior, library)
        except DocumentRefusal as problem:
            yield problem
        except Refusal as problem:
            yield document.refuse(problem.code, problem.text, ("cases", number))


def _failing(
    document: Document, at: Path_, case: dict[str, Any], behavior: int, library: Library
) -> Iterator[DocumentRefusal]:
    given = {name: Fraction(value) for name, value in case["given"].items()}
    on: date = read_day(document, case["on"], (*at, "on"))
    found = choose(
        library, behavior=behavior, region=case["region"], on=on, given=given, variant=case.get("variant")
    )  # fmt: skip
    if found.methodology != document.content["methodology"]:
        text = Text("该记录按方法学 {m} 计算。", "this record is computed by the methodology {m}.")
        yield document.refuse("case_methodology", text.format(m=found.methodology), (*at, "region"))
        return
    result = quantify_one(library.methodology(found), found, given=given, on=on, gwp=library.gwp)
    for figure in FIGURES:
        computed, stated = getattr(result, figure), case["expect"].get(figure)
        if stated is not None and computed != stated:
            text = Text("算例写 {s}，计算得 {c}。", "the case says {s}; computed is {c}.").format(s=stated, c=computed)
            yield document.refuse("case_figure", text, (*at, "expect", figure))
