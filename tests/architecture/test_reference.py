"""The pages of `docs/reference` say what the methodologies compute today, and state every comparison."""

from fractions import Fraction
from math import isfinite

import pytest
from tools.reference import FOLDER, pages
from tools.reference.comparisons import ours, ratio_of

from tanhui.steps.quantify.library import compiled, library

PAGES = list(pages())


@pytest.mark.parametrize(("path", "text"), PAGES, ids=[str(path) for path, _ in PAGES])
def test_a_page_is_up_to_date(path, text):
    assert (FOLDER / path).exists(), "run `make reference`"
    assert (FOLDER / path).read_text(encoding="utf-8") == text, "run `make reference`"


def test_no_page_is_left_of_a_behavior_that_is_gone():
    assert {path.name for path in (FOLDER / "behaviors").glob("*.md")} == {
        path.name for path, _ in PAGES if path.parent.name == "behaviors"
    }


@pytest.mark.parametrize("methodology", library().methodologies, ids=lambda methodology: methodology.code)
def test_each_comparison_is_computed_and_stated(methodology):
    behavior = next(path for path, _ in PAGES if path.name.startswith(f"{methodology.behavior:02d}-"))
    text = dict(PAGES)[behavior]
    rows = compiled(library(), methodology)
    for comparison in methodology.comparisons:
        ours_mg = ours(library(), methodology, rows, comparison)
        ratio = ratio_of(comparison, ours_mg)

        assert f"| {comparison.value} {comparison.unit} |" in text
        assert f"{ours_mg / 1000:.3f}".rstrip("0").rstrip(".") in text
        if ratio is not None:
            assert isfinite(ratio)
            assert f"| {float(ratio):.2f} |" in text
            assert Fraction(1, 1000) < ratio < 100
