"""Terms become coefficients: by region, by period between changes of a factor, rounded down once."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.unit.quantify.documents import FACTORS, METHODOLOGY, write

from tanhui.core.coefficients import Coefficient, compile_methodology, evaluate, regions_of
from tanhui.core.methodology import Methodology
from tanhui.core.refusal import Refusal
from tanhui.steps.quantify.loader import load_factors, load_methodology

GWP_CH4 = """\
schema: tanhui/factor/1
factors:
  - code: gwp.ch4
    title: {zh: 甲烷, en: methane}
    unit: "1"
    values: [{region: CN, from: 1990-01-01, value: "28", quality: assumption, assumption: {zh: 假, en: a}}]
"""


@pytest.fixture
def methodology(tmp_path: Path) -> Methodology:
    return made(tmp_path)


def made(folder: Path, *changes: tuple[str, str], factors: tuple[tuple[str, str], ...] = ()) -> Methodology:
    write(folder / "f.yaml", FACTORS, *factors)
    write(folder / "m.yaml", METHODOLOGY, *changes)
    return load_methodology(folder / "m.yaml", factors=load_factors([folder / "f.yaml"]))


def periods(rows: tuple[Coefficient, ...], region: str) -> list[tuple[date, date | None, tuple[int, ...]]]:
    return [(row.valid_from, row.valid_until, row.reduction_ng) for row in rows if row.region == region]


def test_a_row_for_each_region_that_has_a_value_and_each_period(methodology: Methodology) -> None:
    rows = compile_methodology(methodology, gwp={})

    # 100 g/km x (1 - 1/3) = 66.666… g per 1,000 steps, so 66 666 666 ng a step, down
    assert periods(rows, "CN") == [
        (date(2010, 1, 1), date(2020, 1, 1), (66_666_666,)),
        (date(2020, 1, 1), None, (60_000_000,)),
    ]
    assert periods(rows, "440000") == [
        (date(2010, 1, 1), date(2015, 1, 1), (66_666_666,)),
        (date(2015, 1, 1), date(2020, 1, 1), (53_333_333,)),
        (date(2020, 1, 1), None, (53_333_333,)),
    ]
    assert regions_of(methodology, gwp={}) == ["440000", "CN"]


def test_only_the_regions_asked_for(methodology: Methodology) -> None:
    rows = compile_methodology(methodology, gwp={}, only=("440000",))

    assert {row.region for row in rows} == {"440000"}


def test_a_negative_coefficient_is_rounded_away_from_zero(methodology: Methodology) -> None:
    (variant,) = methodology.variants
    swapped = tuple(replace(t, side="project" if t.side == "baseline" else "baseline") for t in variant.terms)
    opposite = replace(methodology, variants=(replace(variant, terms=swapped),))

    first = compile_methodology(opposite, gwp={})[-2]

    assert (first.reduction_ng, first.baseline_ng) == ((-66_666_667,), (33_333_333,))


def test_validity_of_the_methodology_bounds_the_periods(tmp_path: Path) -> None:
    rows = compile_methodology(made(tmp_path, ("{from: 2010-01-01}", "{from: 2019-01-01, until: 2021-01-01}")), gwp={})

    assert periods(rows, "CN") == [
        (date(2019, 1, 1), date(2020, 1, 1), (66_666_666,)),
        (date(2020, 1, 1), date(2021, 1, 1), (60_000_000,)),
    ]


def test_inverse_and_complement(tmp_path: Path) -> None:
    complement = made(tmp_path, ("adjustment: [share]", "adjustment: [1-share]"))
    inverse = made(
        tmp_path, ("adjustment: [share]", 'adjustment: [/share]'),
    )  # fmt: skip

    assert compile_methodology(complement, gwp={})[-1].reduction_ng == (30_000_000,)
    assert compile_methodology(inverse, gwp={})[-1].reduction_ng == (-180_000_000,)


def test_what_rests_on_an_assumption_is_not_tradable(tmp_path: Path) -> None:
    assumed = ("source: r, quality: official}", "assumption: {zh: 假, en: a}, quality: assumption}")
    trial = ("status: in_force", "status: trial")

    assert all(row.tradable for row in compile_methodology(made(tmp_path), gwp={}))
    assert not any(row.tradable for row in compile_methodology(made(tmp_path, trial), gwp={}))
    assert not any(row.tradable for row in compile_methodology(made(tmp_path, trial, assumed), gwp={}))


def test_a_gas_is_weighed_with_its_warming_potential(tmp_path: Path) -> None:
    (tmp_path / "gwp.yaml").write_text(GWP_CH4, encoding="utf-8")
    gwp = {"CH4": load_factors([tmp_path / "gwp.yaml"])["gwp.ch4"]}
    methane = made(tmp_path, factors=(("unit: gCO2e/km", "unit: gCH4/km"),))
    (variant,) = methane.variants

    baseline, _ = evaluate(methane, variant, region="CN", on=date(2020, 1, 1), gwp=gwp)

    assert baseline.mg_per_step == 90 * 28
    assert baseline.gwp is not None
    with pytest.raises(Refusal) as refused:
        evaluate(methane, variant, region="CN", on=date(2020, 1, 1), gwp={})
    assert (refused.value.code, refused.value.field) == ("factor_missing", "gwp.CH4")


def test_several_products_of_fields_are_kept_apart(tmp_path: Path) -> None:
    fields = 'persons: {unit: "1", step: "1", min: "0", max: "9", meaning: {zh: 人数, en: persons}}\n'
    two = made(
        tmp_path, ("fields:\n", f"fields:\n  {fields}"), ("requires: [distance_km]", "requires: [distance_km, persons]"),
        ("emission_factor: [f], activity: [distance_km]", "emission_factor: [f], activity: [persons, distance_km]"),
    )  # fmt: skip

    row = compile_methodology(two, gwp={})[-1]

    assert row.monomials == (("distance_km", "persons"), ("distance_km",))
    assert (row.baseline_ng, row.reduction_ng) == ((90_000_000, 0), (90_000_000, -30_000_000))


def test_rounding_is_against_the_claimant(methodology: Methodology) -> None:
    field = methodology.fields["distance_km"]

    assert field.steps(Fraction("1.2349")) == 1234
    assert replace(field, rounding="up").steps(Fraction("1.2341")) == 1235
