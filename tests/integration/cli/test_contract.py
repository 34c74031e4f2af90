"""What programs may rely on: exit codes, and the JSON of every command."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.deliveries import put, ride, rides

from tanhui.presentation.cli.language import without_language

INGEST = {
    "partner", "file", "mapping", "dry_run", "read", "records", "booked", "accepted", "duplicate", "conflict", "refused", "refused_by_reason",
    "reduction_mg", "quantified_mg", "points_milli", "capped", "negative", "taken_back", "taken_back_mg", "persons", "by_behavior", "notices",
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return put(
        tmp_path, rides(ride(1), ride(2, hour=9), ride(3, metres="1"), ride(4, "u2", metres="5000", minutes="30"))
    )


def test_quantify_gives_figures_terms_and_the_way_of_the_region(tanhui: Any) -> None:
    answer = tanhui("quantify", "metro", "distance_km=10", "--region", "440300", "--on", "2026-01-05", "--json")

    found = answer.json
    assert answer.code == 0
    assert (found["reduction_mg"], found["baseline_mg"], found["project_mg"]) == (467_000, 467_000, 0)
    assert (found["behavior"], found["number"], found["methodology"]) == ("metro", 19, "metro-shenzhen")
    assert found["region_fallback"] == ["440300"]
    assert found["fields"]["distance_km"] == {
        "value": "10", "unit": "km", "given": "10", "steps": 10_000, "step": "0.001", "rounding": "down",
    }  # fmt: skip
    assert {"term", "part", "name", "value", "unit", "source", "title"} <= set(found["terms"][0])


def test_ingest_gives_counts_that_add_up(tanhui: Any, file: Path) -> None:
    answer = tanhui("ingest", "bikes", file, "--json")

    found = answer.json
    assert answer.code == 0
    assert set(found) == INGEST
    assert [found[name] for name in ("read", "accepted", "duplicate", "conflict", "refused")] == [4, 3, 0, 0, 1]
    assert found["refused_by_reason"] == {"out_of_bounds": 1}
    assert (found["reduction_mg"], found["points_milli"], found["persons"]) == (318_232, 318_232, 2)
    assert found["by_behavior"]["cycling"]["accepted"] == 3
    assert (found["mapping"], found["dry_run"]) == ("mobike-rides", False)


def test_ingest_ends_with_1_when_nothing_of_the_file_is_in_the_books(tanhui: Any, tmp_path: Path) -> None:
    bad = put(tmp_path, rides(ride(1, metres="1"), ride(2, metres="2")))

    assert tanhui("ingest", "bikes", bad, "--mapping", "mobike-rides", "--json").code == 1


def test_ingest_again_ends_with_0(tanhui: Any, file: Path) -> None:
    tanhui("ingest", "bikes", file)

    again = tanhui("ingest", "bikes", file, "--json")

    assert (again.code, again.json["accepted"], again.json["duplicate"]) == (0, 0, 3)


def test_a_dry_run_admits_not_even_the_partner(tanhui: Any, file: Path) -> None:
    from tests.batches import whole

    tanhui("summary")  # opens the books
    before = whole()

    answer = tanhui("ingest", "bikes", file, "--dry-run", "--json")

    assert (answer.code, answer.json["accepted"], answer.json["dry_run"]) == (0, 3, True)
    assert whole() == before


def test_account_explain_and_summary_agree_with_the_ingest(tanhui: Any, file: Path) -> None:
    tanhui("ingest", "bikes", file)

    account = tanhui("account", "u1", "--json").json
    summary = tanhui("summary", "--json").json
    record = account["recent"][0]["record"]
    explained = tanhui("explain", record, "--json").json

    assert set(account) == {
        "person", "reduction_mg", "points_milli", "held_milli", "blocked", "state", "records", "until", "reduction_mg_until", "statement", "lots",
        "recent", "points_milli_until", "held_milli_until",
    }  # fmt: skip
    assert (account["reduction_mg"], account["points_milli"], account["records"]) == (141_436, 141_436, 2)
    assert [
        (line["month"], line["behavior"], line["records"], line["credited_mg"]) for line in account["statement"]
    ] == [("2025-08", "cycling", 2, 141_436)]
    assert account["lots"] == [{"expires_on": "2029-01-01", "points_milli": 141_436}]
    (cycling,) = [row for row in summary if row["behavior"] == "cycling"]
    assert (cycling["records"], cycling["persons"], cycling["credited_mg"]) == (3, 2, 318_232)
    assert UUID(explained["record"]) == UUID(record)
    assert (explained["reduction_mg"], explained["recomputed_equal"], explained["partner"]) == (70_718, True, "bikes")
    assert explained["fields"]["distance_km"]["value"] == "2"


def test_an_account_is_found_by_its_number_too(tanhui: Any, file: Path) -> None:
    tanhui("ingest", "bikes", file)
    number = tanhui("account", "u2", "--json").json["person"]

    assert tanhui("account", number, "--json").json["points_milli"] == 176_796
    assert tanhui("account", "mobike-rides:u2", "--json").json["person"] == number


def test_quarantine_lists_rows_with_reason_and_cells(tanhui: Any, file: Path, tmp_path: Path) -> None:
    tanhui("ingest", "bikes", file)

    listed = tanhui("quarantine", "list", "--partner", "bikes", "--json")

    (row,) = listed.json["rows"]
    assert (listed.json["open"], listed.json["by_reason"]) == (1, {"out_of_bounds": 1})
    assert {"id", "mapping", "row", "outcome", "reason", "field", "detail_zh", "detail_en", "raw", "state"} <= set(row)
    assert (row["row"], row["raw"]["DS"]) == (4, "1")


@pytest.mark.parametrize("does", ["list", "export"])
def test_quarantine_refuses_a_partner_that_is_none_and_names_those_there_are(
    tanhui: Any, file: Path, tmp_path: Path, does: str
) -> None:
    tanhui("ingest", "bikes", file)
    sheet = tmp_path / "rows.csv"

    answer = tanhui("quarantine", does, *([sheet] if does == "export" else []), "--partner", "bike", "--lang", "en")

    assert (answer.code, answer.out, sheet.exists()) == (1, "", False)
    assert "There is no partner “bike”; there are: bikes." in answer.err.replace("\n", " ")


def test_quarantine_exports_and_takes_back_a_corrected_sheet(tanhui: Any, file: Path, tmp_path: Path) -> None:
    tanhui("ingest", "bikes", file, "--identity", "one-space")
    sheet = tmp_path / "rows.csv"
    assert tanhui("quarantine", "export", sheet, "--partner", "bikes").code == 0
    sheet.write_text(sheet.read_text(encoding="utf-8-sig").replace(",1,15", ",2000,15").replace(" 8:05", " 12:05"))

    answer = tanhui("quarantine", "resubmit", sheet, "--json")

    assert (answer.code, answer.json["accepted"]) == (0, 1)
    assert tanhui("quarantine", "list", "--partner", "bikes", "--json").json["open"] == 0
    assert tanhui("account", "one-space:u1", "--json").json["records"] == 3
    stale = tanhui("quarantine", "resubmit", sheet, "--json")
    assert (stale.code, stale.json["refused"]) == (1, "sheet_stale")


def test_feeds_preview_shows_records_and_refused_rows_and_books_nothing(tanhui: Any, file: Path) -> None:
    from tests.batches import whole

    before = whole()

    answer = tanhui("feeds", "preview", file, "--json")

    assert answer.code == 0
    assert set(answer.json) == {"file", "mapping", "title", "note", "guesses", "records", "refused"}
    assert [row["record_id"] for row in answer.json["records"]] == ["20250801-1", "20250801-2", "20250801-4"]
    assert [row["reason"] for row in answer.json["refused"]] == ["out_of_bounds"]
    assert whole() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("account", "nobody"), ("account", "P999999999"), ("explain", "no-such-record"), ("quantify", "flying-carpet"),
        ("explain", "00000000-0000-0000-0000-000000000000"), ("quantify", "metro", "distance_km=x"),
        ("quantify", "metro", "distance_km=10", "--region", "nowhere"),
    ],
)  # fmt: skip
def test_a_refusal_ends_with_1_and_says_so_in_both_languages(tanhui: Any, arguments: tuple[str, ...]) -> None:
    answer = tanhui(*arguments, "--json")

    assert answer.code == 1
    assert set(answer.json) == {"refused", "field", "zh", "en"}
    assert answer.json["zh"] != answer.json["en"]
    plain = tanhui(*arguments)
    assert (plain.code, plain.out) == (1, "")
    assert f"[{answer.json['refused']}]" in plain.err


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("no-such-command",), ("ingest",), ("ingest", "p"), ("ingest", "p", "/no/such/file"), ("ingest", "p", "/"),
        ("ingest", "p", __file__, "--no-such-option"), ("account",), ("quantify",), ("quantify", "metro", "distance"),
        ("account", "u1", "--at", "yesterday"), ("quarantine", "list", "--limit", "many"), ("feeds", "preview", "/tmp"),
        ("quarantine", "resubmit", "/no/such/file"), ("quantify", "metro", "--on", "2026-13-01"),
        ("quarantine", "list", "--limit", "-1"), ("feeds", "preview", __file__, "--rows", "-1"),
    ],
)  # fmt: skip
def test_a_wrong_call_ends_with_2_and_prints_nothing_to_standard_output(
    tanhui: Any, arguments: tuple[str, ...]
) -> None:
    answer = tanhui(*arguments)

    assert answer.code == 2
    assert answer.out == "" or not arguments


def test_the_language_may_stand_anywhere() -> None:
    assert without_language(["--lang", "zh", "account", "u1", "--lang=en", "--json"]) == ["account", "u1", "--json"]


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh", "没有“flying-carpet”这一行为"), ("en", "There is no behavior")]
)
def test_refusals_are_told_in_the_language_asked_for(language: str, sentence: str) -> None:
    program = [str(Path(sys.executable).with_name("tanhui")), "quantify", "flying-carpet", "--lang", language]

    ended = subprocess.run(program, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": "src"}, check=False)

    assert ended.returncode == 1
    assert (ended.stdout, "Traceback" in ended.stderr) == ("", False)
    assert sentence in ended.stderr.replace("\n", " ")
