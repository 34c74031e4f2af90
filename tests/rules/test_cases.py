"""Every methodology computes what was computed by hand in the cases beside it."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tanhui.core.methodology import ActivityField
from tanhui.core.trace import quantify_one
from tanhui.steps.identify.behaviors import METHODOLOGIES, behaviors
from tanhui.steps.identify.documents import Document
from tanhui.steps.quantify.library import choose, library
from tanhui.steps.quantify.loader import validator

LEAST_CASES = 3
TEN = 10
ACTS = {"meal", "order", "payment", "bill", "ticket", "cup", "parcel", "document", "ride", "flight", "meeting"}


def _cases() -> list[Any]:
    found = []
    for path in sorted(METHODOLOGIES.glob("[0-9]*/*.cases.yaml")):
        document = Document(path)
        document.validate(validator("cases"))
        found.extend(
            pytest.param(document.content["methodology"], row, id=f"{path.parent.name}: {row['name']}")
            for row in document.content["cases"]
        )
    return found


@pytest.mark.parametrize(("code", "case"), _cases())
def test_case(code: str, case: dict[str, Any]) -> None:
    shipped = library()
    given = {name: Fraction(value) for name, value in case["given"].items()}
    on = date.fromisoformat(case["on"])
    behavior = next(m.behavior for m in shipped.methodologies if m.code == code)

    coefficient = choose(
        shipped, behavior=behavior, region=case["region"], on=on, given=given, variant=case.get("variant")
    )
    methodology = shipped.methodology(coefficient)
    result = quantify_one(methodology, coefficient, given=given, on=on, gwp=shipped.gwp)

    assert methodology.code == code
    assert {key: getattr(result, key) for key in case["expect"]} == case["expect"]


def test_every_methodology_has_cases() -> None:
    counted: dict[str, int] = {}
    for path in METHODOLOGIES.glob("[0-9]*/*.cases.yaml"):
        content = Document(path).content
        counted[content["methodology"]] = counted.get(content["methodology"], 0) + len(content["cases"])

    assert {
        m.code: counted.get(m.code, 0) for m in library().methodologies if counted.get(m.code, 0) < LEAST_CASES
    } == {}


def test_local_methodology_comes_before_the_nations() -> None:
    codes = [methodology.code for methodology in library().for_behavior(11)]

    assert codes == ["clean-energy-shanghai", "clean-energy"]


def test_folder_is_named_after_its_behavior() -> None:
    named = {f"{behavior.number:02d}-{behavior.code}" for behavior in behaviors()}

    assert {path.name for path in Path(METHODOLOGIES).glob("[0-9]*")} <= named


def test_one_record_cannot_pass_for_many() -> None:
    loose = {
        methodology.code: most
        for methodology in library().methodologies
        for cap in methodology.caps
        if cap.records is not None
        and all(other.reduction_mg is None for other in methodology.caps)
        and (most := _most_acts(methodology.fields.values())) > max(TEN, cap.records)
    }

    assert loose == {}


def _most_acts(fields: Iterable[ActivityField]) -> Fraction:
    return max((field.most for field in fields if field.unit in ACTS), default=Fraction(0))
