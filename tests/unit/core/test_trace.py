"""One record explained: the figures of the batch, the exact emission of each term, refusal out of bounds."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.unit.core.test_coefficients import made

from tanhui.core.coefficients import compile_methodology
from tanhui.core.refusal import Refusal
from tanhui.core.trace import Quantified, quantify_one


def quantified(folder: Path, km: str) -> Quantified:
    methodology = made(folder)
    row = compile_methodology(methodology, gwp={})[-1]
    return quantify_one(methodology, row, given={"distance_km": Fraction(km)}, on=date(2025, 1, 1), gwp={})


def test_steps_are_counted_down_and_milligrams_rounded_down(tmp_path: Path) -> None:
    result = quantified(tmp_path, "1.2349")

    # 1 234 steps x 60 mg
    assert (result.baseline_mg, result.project_mg, result.reduction_mg) == (111_060, 37_020, 74_040)
    assert result.fields["distance_km"].counted == Fraction("1.234")
    assert result.exact_mg == {"b": Fraction(111_060), "p": Fraction(37_020)}


def test_the_three_figures_add_up_when_rounded(tmp_path: Path) -> None:
    methodology = made(tmp_path)
    row = next(row for row in compile_methodology(methodology, gwp={}) if row.reduction_ng == (66_666_666,))

    result = quantify_one(methodology, row, given={"distance_km": Fraction("0.001")}, on=date(2011, 1, 1), gwp={})

    assert (result.baseline_mg, result.project_mg, result.reduction_mg) == (100, 34, 66)


@pytest.mark.parametrize("km", ["-0.001", "200.0001"])
def test_out_of_bounds_is_refused(tmp_path: Path, km: str) -> None:
    with pytest.raises(Refusal) as refused:
        quantified(tmp_path, km)

    assert (refused.value.code, refused.value.field) == ("out_of_bounds", "distance_km")
    assert "0 and 200 km" in refused.value.text.en
    assert "0 到 200 km" in refused.value.text.zh
