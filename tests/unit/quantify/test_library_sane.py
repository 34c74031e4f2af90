"""The shipped library as a whole: all is in order, every behavior computes, and nothing it gives is absurd."""

from datetime import date
from fractions import Fraction

import pytest

from tanhui.core.methodology import ActivityField
from tanhui.core.trace import quantify_one
from tanhui.steps.identify.behaviors import behavior_named, behaviors
from tanhui.steps.quantify.checking import check_documents
from tanhui.steps.quantify.library import choose, library

ON = date(2026, 1, 1)
# One unit of activity is at most a cubic metre of bottled water or a laptop; a person of China emits about 8 t a year.
MOST_MG_OF_ONE = 200 * 10**6


def middle(field: ActivityField) -> Fraction:
    return (field.least + field.most) / 2


def test_all_shipped_documents_are_in_order() -> None:
    checked = check_documents()

    assert [problem.text.en for problem in (*checked.problems, *checked.notes)] == []
    assert checked.methodologies == len(library().methodologies)
    assert checked.factors == len(library().factors)


@pytest.mark.parametrize("behavior", behaviors(), ids=lambda behavior: behavior.code)
def test_every_variant_computes_in_the_middle_of_its_bounds(behavior) -> None:
    shipped = library()
    for methodology in shipped.for_behavior(behavior.number):
        for variant in methodology.variants:
            given = {name: middle(methodology.fields[name]) for name in variant.requires}
            found = choose(
                shipped, behavior=behavior.number, region=methodology.regions[0], on=ON, given=given,
                variant=variant.name,
            )  # fmt: skip
            result = quantify_one(shipped.methodology(found), found, given=given, on=ON, gwp=shipped.gwp)

            assert result.reduction_mg == result.baseline_mg - result.project_mg
            assert sum(result.exact_mg.values(), Fraction(0)) != 0


@pytest.mark.parametrize("behavior", behaviors(), ids=lambda behavior: behavior.code)
def test_one_unit_of_activity_is_not_absurd(behavior) -> None:
    shipped = library()
    for row in shipped.candidates(behavior.number, "CN", ON):
        methodology = shipped.methodology(row)
        steps = {
            name: max(field.steps(field.least), field.steps(Fraction(1))) for name, field in methodology.fields.items()
        }
        for monomial, ng in zip(row.monomials, row.reduction_ng, strict=True):
            times = 1
            for name in monomial:
                times *= steps[name]
            assert abs(ng * times) // 10**6 <= MOST_MG_OF_ONE, (row.variant, monomial)


def test_behavior_is_named_by_number_code_or_the_name_in_the_table() -> None:
    assert {behavior_named(name).number for name in ("25", "etc", "ETC缴费通行", "ETC 缴费通行")} == {25}


def test_names_in_the_table_tell_the_behaviors_apart() -> None:
    assert len({behavior.name.zh for behavior in behaviors()}) == 59
