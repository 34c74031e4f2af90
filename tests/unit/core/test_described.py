"""What is written down of a coefficient is enough to compute it again; numbers are written in plain decimals."""

from fractions import Fraction
from itertools import chain

import pytest

from tanhui.core.coefficients import Coefficient, evaluate
from tanhui.core.described import decimal, describe_term, recompute
from tanhui.core.refusal import Refusal
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify.library import library


@pytest.mark.parametrize("behavior", behaviors(), ids=lambda behavior: behavior.code)
def test_every_coefficient_is_computed_again_from_its_description(behavior) -> None:
    shipped = library()
    rows: list[Coefficient] = list(chain.from_iterable(shipped.coefficients(behavior.number).values()))
    assert rows
    for row in rows:
        methodology = shipped.methodology(row)
        variant = methodology.variant(row.variant)
        terms = evaluate(methodology, variant, region=row.region, on=row.valid_from, gwp=shipped.gwp)
        described = [describe_term(value, methodology.fields) for value in terms]

        assert recompute(described, row.monomials) == (row.reduction_ng, row.baseline_ng), (row.variant, row.region)


def test_a_description_that_divides_by_zero_is_refused() -> None:
    operand = {"exact": "0", "form": "inverse", "unit": "km/gCO2e"}
    term = {
        "side": "baseline",
        "operands": [operand],
        "activity": [{"field": "km", "step": "1", "counted_as": "km"}],
        "gwp": None,
    }

    with pytest.raises(Refusal) as refused:
        recompute([term], [["km"]])

    assert refused.value.code == "inverse_of_zero"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("0", "0"),
        ("1/8", "0.125"),
        ("-1/8", "-0.125"),
        ("44/12", "3.66666666667"),
        ("1/300000", "0.00000333333333333"),
        ("123456789.5", "123456789.5"),
        ("1000000000000000000", "1000000000000000000"),
        ("-2/3", "-0.666666666667"),
    ],
)
def test_plain_decimals(value: str, written: str) -> None:
    assert decimal(Fraction(value)) == written
