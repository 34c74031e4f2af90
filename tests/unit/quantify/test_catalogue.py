"""Factors looked up: near codes when there is none, the first day it has a value, and which are running out."""

from datetime import date
from pathlib import Path

import pytest
from tests.unit.quantify.documents import FACTORS, write

from tanhui.core.refusal import Refusal
from tanhui.steps.quantify.catalogue import due_factors, factor_named, factor_value
from tanhui.steps.quantify.library import library
from tanhui.steps.quantify.loader import load_factors


def test_an_unknown_code_names_near_ones() -> None:
    with pytest.raises(Refusal) as refused:
        factor_named(library().factors, "grid.electrisity")

    assert refused.value.code == "factor_unknown"
    assert "grid.electricity," in refused.value.text.en
    assert "grid.electricity," in refused.value.text.zh


def test_no_value_on_that_day(tmp_path: Path) -> None:
    write(tmp_path / "f.yaml", FACTORS)
    factor = load_factors([tmp_path / "f.yaml"])["f"]

    with pytest.raises(Refusal) as refused:
        factor_value(factor, region="440300", on=date(2009, 12, 31))

    assert refused.value.code == "factor_missing"
    assert "2010-01-01" in refused.value.text.zh


@pytest.mark.parametrize(
    ("changes", "on", "within", "due"),
    [
        ((), date(2025, 1, 1), 10_000, []),
        ((('value: "90", source', 'value: "90", expires: 2025-03-02, source'),), date(2025, 1, 1), 60, [("CN", 60)]),
        ((('value: "90", source', 'value: "90", expires: 2025-03-02, source'),), date(2025, 1, 1), 59, []),
        ((('value: "90", source', 'value: "90", expires: 2025-03-02, source'),), date(2025, 3, 3), 0, [("CN", -1)]),
        ((('value: "80", source', 'value: "80", until: 2025-01-11, source'),), date(2025, 1, 1), 30, [("440000", 10)]),
        ((('value: "80", source', 'value: "80", until: 2025-01-11, source'),), date(2025, 2, 1), 0, [("440000", -21)]),
    ],
)
def test_what_runs_out(tmp_path: Path, changes, on: date, within: int, due) -> None:
    write(tmp_path / "f.yaml", FACTORS, *changes)
    factors = load_factors([tmp_path / "f.yaml"])

    assert [(each.value.region, each.days) for each in due_factors(factors, on=on, within=within)] == due
