"""Refused rows: kept with their reason as they came, exported, corrected, sent again, and never lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.batches import NOW, Desk, query
from tests.deliveries import bring, counts, put, ride, rides

from tanhui.core.refusal import Refusal

GOOD = ride(9, "u9", hour=20)
BAD = ride(1, metres="1"), ride(2, metres="x"), ride(3, day=40)


def kept(desk: Desk, state: str = "open") -> list[dict[str, Any]]:
    from tanhui.steps.collect.selectors import QuarantineFilter, quarantined

    return quarantined(QuarantineFilter(partner_id=desk.terms.id, state=state))


def export(desk: Desk, path: Path) -> pl.DataFrame:
    from tanhui.steps.collect.sheet import read_sheet, write_sheet

    write_sheet(kept(desk), path, language="zh")
    return read_sheet(path)


def resubmit(desk: Desk, path: Path) -> Any:
    from tanhui.flows.resubmit_rows import resubmit_rows
    from tanhui.steps.collect.mapping import mapping_named

    return resubmit_rows(path, find_mapping=mapping_named, scheme=desk.scheme, now=lambda: NOW)


def correct(path: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """What a person does with a spreadsheet program."""
    from tanhui.steps.collect.sheet import read_sheet

    changed = change(read_sheet(path))
    changed.write_excel(path) if path.suffix == ".xlsx" else changed.write_csv(path, include_bom=True)


def repaired(sheet: pl.DataFrame) -> pl.DataFrame:
    """Sane figures, each an hour of its own."""
    hours = pl.int_range(pl.len()).cast(pl.String)
    return sheet.with_columns(DS=pl.lit("2000"), ST=pl.concat_str(pl.lit("2025/8/2 1"), hours, pl.lit(":05")))


def test_rows_are_kept_with_reason_detail_and_cells(desk: Desk, tmp_path: Path) -> None:
    bring(desk, put(tmp_path, rides(GOOD, *BAD, "only,two")))

    rows = kept(desk)
    assert [(row["row"], row["outcome"], row["reason"], row["field"]) for row in rows] == [
        (3, "refused", "out_of_bounds", "distance_km"), (4, "refused", "not_a_number", "distance_km"),
        (5, "refused", "bad_date", "occurred_at"), (6, "refused", "unreadable_row", ""),
    ]  # fmt: skip
    assert rows[0]["detail_zh"] == "distance_km 为 1 m，应在 0.1 至 100 km 之间。"
    assert rows[0]["detail_en"] == "distance_km is 1 m; it must be between 0.1 and 100 km."
    assert rows[1]["raw"] == {
        "ID": "2", "BID": "77", "UID": "u1", "ST": "2025/8/1 8:05", "EX": "121.5", "EY": "31.3", "DS": "x", "DU": "15",
    }  # fmt: skip
    assert rows[3]["raw"] == {"line": "only,two"}


@pytest.mark.parametrize("name", ["rows.csv", "rows.xlsx"])
def test_corrected_rows_are_accepted_and_settled(desk: Desk, tmp_path: Path, name: str) -> None:
    bring(desk, put(tmp_path, rides(GOOD, *BAD)))
    sheet = export(desk, tmp_path / name)
    assert sheet["_reason"].to_list() == ["out_of_bounds", "not_a_number", "bad_date"]
    correct(tmp_path / name, repaired)

    report = resubmit(desk, tmp_path / name)

    assert counts(report) == (3, 3, 0, 0, 0)
    assert (kept(desk), len(kept(desk, "resubmitted"))) == ([], 3)


@pytest.mark.parametrize("name", ["rows.csv", "rows.xlsx"])
def test_a_sheet_sent_again_is_stale_and_changes_nothing(desk: Desk, tmp_path: Path, name: str) -> None:
    bring(desk, put(tmp_path, rides(GOOD, *BAD)))
    export(desk, tmp_path / name)
    correct(tmp_path / name, repaired)
    resubmit(desk, tmp_path / name)
    before = query("SELECT count(*) FROM ledger_posting")

    with pytest.raises(Refusal) as refusal:
        resubmit(desk, tmp_path / name)

    assert refusal.value.code == "sheet_stale"
    assert query("SELECT count(*) FROM ledger_posting") == before


def test_corrected_rows_are_the_same_persons(desk: Desk, tmp_path: Path) -> None:
    """The desk's space of user ids is not the one that the mapping names by itself."""
    bring(desk, put(tmp_path, rides(ride(9, "u1", hour=20), *BAD)))
    export(desk, tmp_path / "rows.csv")
    correct(tmp_path / "rows.csv", repaired)

    resubmit(desk, tmp_path / "rows.csv")

    persons = query("SELECT DISTINCT person_id FROM ledger_posting WHERE partner_id = %s", [desk.terms.id])
    assert len(persons) == 1


def test_rows_sent_again_as_they_were_are_kept_anew_each_time(desk: Desk, tmp_path: Path) -> None:
    bring(desk, put(tmp_path, rides(ride(1, metres="1"))))

    for _ in range(3):
        export(desk, tmp_path / "rows.csv")
        assert counts(resubmit(desk, tmp_path / "rows.csv")) == (1, 0, 0, 0, 1)
        assert [row["reason"] for row in kept(desk)] == ["out_of_bounds"]


def test_some_rows_of_a_sheet_may_be_left_out(desk: Desk, tmp_path: Path) -> None:
    bring(desk, put(tmp_path, rides(GOOD, *BAD)))
    export(desk, tmp_path / "rows.csv")
    correct(tmp_path / "rows.csv", lambda sheet: repaired(sheet).head(1))

    assert counts(resubmit(desk, tmp_path / "rows.csv")) == (1, 1, 0, 0, 0)
    assert [row["reason"] for row in kept(desk)] == ["not_a_number", "bad_date"]


def test_the_same_file_again_keeps_no_row_twice(desk: Desk, tmp_path: Path) -> None:
    path = put(tmp_path, rides(GOOD, *BAD))
    bring(desk, path)
    first = kept(desk)

    bring(desk, path)

    assert kept(desk) == first


def test_the_same_file_again_does_not_open_what_was_settled(desk: Desk, tmp_path: Path) -> None:
    path = put(tmp_path, rides(GOOD, *BAD))
    bring(desk, path)
    export(desk, tmp_path / "rows.csv")
    correct(tmp_path / "rows.csv", repaired)
    resubmit(desk, tmp_path / "rows.csv")

    bring(desk, path)

    assert kept(desk) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("a,b\n1,2\n", "sheet_foreign"), ("", "sheet_unreadable"), ("_quarantine\n", "sheet_stale"),
        ("_quarantine\nabc\n-1\n999999999\n99999999999999999999999\n\n", "sheet_stale"), ("_quarantine\n1.5\n", "sheet_stale"),
    ],
)  # fmt: skip
def test_sheets_that_are_none_of_ours_are_refused(desk: Desk, tmp_path: Path, content: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        resubmit(desk, put(tmp_path, content, "rows.csv"))

    assert refusal.value.code == code


@pytest.mark.parametrize("name", ["rows.csv", "rows.xlsx", "rows.ods", "rows"])
def test_garbage_for_a_sheet_is_refused(desk: Desk, tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        resubmit(desk, put(tmp_path, bytes(range(256)) * 20, name))

    assert refusal.value.code in {"sheet_unreadable", "sheet_foreign", "sheet_encoding"}


def test_rows_of_two_partners_in_one_sheet_are_refused(desk: Desk, tmp_path: Path) -> None:
    other = Desk.open(desk.scheme)
    bring(desk, put(tmp_path, rides(*BAD)))
    bring(other, put(tmp_path, rides(*BAD)))
    sheets = [export(d, tmp_path / "rows.csv") for d in (desk, other)]
    pl.concat(sheets).write_csv(tmp_path / "rows.csv")

    with pytest.raises(Refusal) as refusal:
        resubmit(desk, tmp_path / "rows.csv")

    assert refusal.value.code == "sheet_stale"
    assert (len(kept(desk)), len(kept(other))) == (3, 3)


def test_a_cell_like_a_formula_stays_text_in_a_sheet(desk: Desk, tmp_path: Path) -> None:
    bring(desk, put(tmp_path, rides(ride(1, "=1+1", metres="1"))))

    assert export(desk, tmp_path / "rows.xlsx")["UID"].to_list() == ["=1+1"]
    assert export(desk, tmp_path / "rows.csv")["UID"].to_list() == ["=1+1"]
