"""`tanhui factors` and `tanhui methodologies` as programs: JSON, exit status, and both languages."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.documents import PROJECT
from tests.unit.quantify.documents import FACTORS, METHODOLOGY, write

from tanhui.steps.identify.behaviors import METHODOLOGIES

PROGRAM = "from tanhui.config.console import main; main()"


def run(*arguments: str, home: Path, status: int = 0) -> str:
    """Runs the command in a home without any books, and gives what it prints."""
    surroundings = os.environ | {
        "PYTHONPATH": str(PROJECT / "src"), "TANHUI_HOME": str(home), "COLUMNS": "200", "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    surroundings.pop("TANHUI_DATABASE_URL", None)
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], env=surroundings, capture_output=True, text=True, check=False
    )
    assert answer.returncode == status, answer.stdout + answer.stderr
    return answer.stdout + answer.stderr


def read(*arguments: str, home: Path, status: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", home=home, status=status))


def test_a_factor_by_region_and_day(tmp_path: Path) -> None:
    shown = read("factors", "show", "grid.electricity", "--region", "440305", "--on", "2023-07-01", home=tmp_path)

    assert (shown["code"], shown["value"], shown["unit"]) == ("grid.electricity", "0.4419", "kgCO2e/kWh")
    assert shown["region_fallback"] == ["440305", "440300", "440000"]
    assert (shown["source"]["code"], shown["expires"]) == ("mee-2023", "2027-01-31")


def test_a_computed_factor_shows_its_components(tmp_path: Path) -> None:
    shown = read("factors", "show", "fuel.petrol", home=tmp_path)

    assert [row["exact"] for row in shown["components"]] == ["4307/100", "189/10", "49/50", "11/3"]
    assert shown["value"] == "2.92505598"


@pytest.mark.parametrize(("language", "words"), [("zh", "相近的有"), ("en", "near to it")])
def test_an_unknown_factor_is_refused(tmp_path: Path, language: str, words: str) -> None:
    assert words in run("factors", "show", "fuel.petro", "--lang", language, home=tmp_path, status=1)
    assert read("factors", "show", "fuel.petro", home=tmp_path, status=1)["refused"] == "factor_unknown"


def test_a_wrong_call_ends_with_2(tmp_path: Path) -> None:
    run("factors", "show", home=tmp_path, status=2)
    run("methodologies", "diff", "metro", home=tmp_path, status=2)


def test_search_and_calendar(tmp_path: Path) -> None:
    codes = {row["code"] for row in read("factors", "list", "--search", "petrol", home=tmp_path)["factors"]}
    due = read("factors", "calendar", "--within", "100000", home=tmp_path)["factors"]

    assert "fuel.petrol" in codes
    assert "grid.electricity" in {row["code"] for row in due}


def test_coverage_of_all_behaviors(tmp_path: Path) -> None:
    coverage = read("methodologies", "coverage", home=tmp_path)

    assert (coverage["behaviors"], coverage["covered"], len(coverage["rows"])) == (59, 59, 59)
    assert all(row["methodologies"] for row in coverage["rows"])


def test_a_methodology_with_its_coefficients(tmp_path: Path) -> None:
    shown = read("methodologies", "show", "metro", "--on", "2025-01-01", home=tmp_path)

    assert shown["number"] == 19
    assert [row["per_step"][0]["reduction_ng"] for row in shown["coefficients"]] == [36_057_479, 216_344_879_171]


def test_check_ends_with_1_and_names_the_line(tmp_path: Path) -> None:
    write(tmp_path / "f.yaml", FACTORS)
    write(tmp_path / "m.yaml", METHODOLOGY, ("evidence: partner", "evidence: hearsay"))

    checked = read("methodologies", "check", str(tmp_path), home=tmp_path, status=1)

    (problem,) = checked["problems"]
    assert (Path(problem["file"]).name, problem["line"], problem["item"]) == ("m.yaml", 9, "evidence")
    assert "self_declared, partner, meter" in problem["zh"]
    assert "m.yaml:9: evidence" in run("methodologies", "check", str(tmp_path / "m.yaml"), home=tmp_path, status=1)


def test_diff_without_books_says_so(tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    shipped = METHODOLOGIES / "19-metro" / "metro.yaml"
    write(
        draft, shipped.read_text(encoding="utf-8"), ("version: 1.0.0", "version: 1.1.0"), ('value: "6"', 'value: "7"')
    )

    changed = read("methodologies", "diff", "metro@1.0.0", str(draft), home=tmp_path)

    assert (changed["before"], changed["after"], changed["records"]) == ("metro@1.0.0", "metro@1.1.0", None)
    assert {"item": "parameters.distance_per_ride.value", "before": "6", "after": "7"} in changed["items"]
    assert {row["variant"] for row in changed["coefficients"]} == {"ride"}
    assert "There is no database here" in run("methodologies", "diff", "metro", str(draft), home=tmp_path)
    assert not (tmp_path / "postgresql").exists()


def test_diff_over_records_sets_up_the_books_it_needs() -> None:
    home = Path(os.environ["TANHUI_HOME"])  # of this run of the tests

    changed = read("methodologies", "diff", "metro", "metro", "--records", home=home)

    assert changed["records"]["total"]["records"] == 0


def test_methodologies_of_different_behaviors_are_not_compared(tmp_path: Path) -> None:
    assert read("methodologies", "diff", "metro", "bus", home=tmp_path, status=1)["refused"] == "behaviors_differ"
