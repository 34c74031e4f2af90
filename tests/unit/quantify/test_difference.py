"""What changes between two methodologies, by variant, region and time, per unit of activity."""

from datetime import date
from fractions import Fraction
from pathlib import Path

from tests.unit.quantify.documents import FACTORS, METHODOLOGY, write

from tanhui.core.coefficients import compile_methodology
from tanhui.core.difference import Compiled, differences
from tanhui.steps.quantify.loader import load_factors, load_methodology


def made(folder: Path, *changes: tuple[str, str], factors: tuple[tuple[str, str], ...] = ()) -> Compiled:
    write(folder / "f.yaml", FACTORS, *factors)
    write(folder / "m.yaml", METHODOLOGY, *changes)
    methodology = load_methodology(folder / "m.yaml", factors=load_factors([folder / "f.yaml"]))
    return Compiled(methodology, compile_methodology(methodology, gwp={}))


def test_the_same_is_no_difference(tmp_path: Path) -> None:
    assert differences(made(tmp_path), made(tmp_path)) == []


def test_a_changed_factor_changes_its_region_and_period_only(tmp_path: Path) -> None:
    before = made(tmp_path)
    after = made(tmp_path, factors=(('value: "80"', 'value: "75"'),))

    (change,) = differences(before, after)

    assert (change.variant, change.region, change.monomial) == ("distance", "440000", ("distance_km",))
    assert (change.valid_from, change.valid_until) == (date(2015, 1, 1), None)
    assert (change.before_ng, change.after_ng) == (Fraction(53_333_333_000), Fraction(50_000_000_000))


def test_a_region_only_one_names_is_compared_with_where_the_other_falls_back(tmp_path: Path) -> None:
    before = made(tmp_path)
    without = made(
        tmp_path,
        factors=(('      - {region: "440000", from: 2015-01-01, value: "80", source: s, quality: official}\n', ""),),
    )

    changes = differences(before, without)

    assert [(c.region, c.valid_from, c.valid_until) for c in changes] == [
        ("440000", date(2015, 1, 1), date(2020, 1, 1)),
        ("440000", date(2020, 1, 1), None),
    ]
    assert [c.after_ng for c in changes] == [Fraction(66_666_666_000), Fraction(60_000_000_000)]


def test_another_step_alone_is_no_difference(tmp_path: Path) -> None:
    exact = ('value: "1/3"', 'value: "1/2"')

    assert differences(made(tmp_path, exact), made(tmp_path, exact, ('step: "0.001"', 'step: "1"'))) == []


def test_a_variant_that_is_new(tmp_path: Path) -> None:
    changes = differences(made(tmp_path), made(tmp_path, ("  distance:\n", "  length:\n")))

    assert {(c.variant, c.before_ng is None, c.after_ng is None) for c in changes} == {
        ("distance", False, True), ("length", True, False),
    }  # fmt: skip


def test_validity_that_ends_earlier(tmp_path: Path) -> None:
    changes = differences(
        made(tmp_path), made(tmp_path, ("{from: 2010-01-01}", "{from: 2010-01-01, until: 2021-01-01}"))
    )

    assert {(c.region, c.valid_from, c.valid_until, c.after_ng) for c in changes} == {
        ("CN", date(2021, 1, 1), None, None), ("440000", date(2021, 1, 1), None, None),
    }  # fmt: skip
