"""Files into the books: every row ends in exactly one way, once."""

from pathlib import Path

import pytest
from tests.batches import Desk, query, unbalanced, whole
from tests.deliveries import TINY, bring, counts, put, ride, rides, tiny

from tanhui.core.refusal import Refusal

RUNS = ("collect_feed_run", "audit_event")  # a run, and that it was written
EXPECTED = {
    "mobike-rides": (7, 3, 1, 0, 3),
    "shared-bike-orders": (3, 2, 0, 0, 1),
    "fitbit-daily-activity": (4, 2, 0, 0, 2),
    "transit-card-taps": (5, 2, 1, 0, 2),
    "ev-charging-sessions": (4, 2, 0, 0, 2),
    "toll-passages": (4, 1, 1, 0, 2),
    "online-shop-invoices": (5, 2, 0, 0, 3),
    "shop-order-report": (4, 1, 0, 0, 3),
    "einvoice-ubl": (1, 1, 0, 0, 0),
    "bill-alipay": (2, 1, 0, 0, 1),
    "bill-alipay-web": (3, 1, 0, 0, 2),
    "bill-wechat": (2, 1, 0, 0, 1),
    "bill-jd": (2, 1, 0, 0, 1),
    "bill-meituan": (3, 1, 0, 0, 2),
    "shower-meter-events": (3, 2, 0, 0, 1),
    "smart-meter-half-hourly": (8688, 4368, 0, 0, 4320),
    "water-meter-register": (4344, 2184, 0, 0, 2160),
}


def test_every_shipped_mapping_is_tried() -> None:
    from tanhui.steps.collect.mapping import shipped_mappings

    assert {mapping.name for mapping in shipped_mappings()} == set(TINY) == set(EXPECTED)


@pytest.mark.parametrize("mapping", TINY)
def test_every_row_ends_in_exactly_one_way(desk: Desk, tmp_path: Path, mapping: str) -> None:
    path = tiny(tmp_path, mapping)

    report = bring(desk, path, mapping)

    assert counts(report) == EXPECTED[mapping]
    assert report.rows["refused"] == sum(report.refused_by_reason.values())
    assert unbalanced() == []
    (run,) = query("SELECT counts, finished_at, file_name FROM collect_feed_run WHERE partner_id = %s", [desk.terms.id])
    assert (run["file_name"], run["finished_at"] is None) == (path.name, False)


@pytest.mark.parametrize("mapping", TINY)
def test_the_same_file_again_books_nothing(desk: Desk, tmp_path: Path, mapping: str) -> None:
    path = tiny(tmp_path, mapping)
    first = bring(desk, path, mapping)
    before = whole(without=RUNS)

    again = bring(desk, path, mapping)

    read, accepted, duplicate, conflict, refused = counts(first)
    assert counts(again) == (read, 0, accepted + duplicate, conflict, refused)
    assert again.refused_by_reason == first.refused_by_reason
    assert again.persons == set()
    assert (again.reduction_mg, again.points_milli) == (0, 0)
    assert whole(without=RUNS) == before


@pytest.mark.parametrize("mapping", TINY)
def test_a_dry_run_tells_the_same_and_changes_nothing(desk: Desk, tmp_path: Path, mapping: str) -> None:
    path, before = tiny(tmp_path, mapping), whole()

    tried = bring(desk, path, mapping, dry_run=True)

    assert tried.dry_run
    assert whole() == before
    done = bring(desk, path, mapping)
    assert {**done.counts(), "persons": 0} == {**tried.counts(), "persons": 0}


def test_a_file_grown_since_books_what_is_new(desk: Desk, tmp_path: Path) -> None:
    bring(desk, put(tmp_path, rides(ride(1), ride(2, hour=9))))

    report = bring(desk, put(tmp_path, rides(ride(1), ride(2, hour=9), ride(3, hour=10))))

    assert counts(report) == (3, 1, 2, 0, 0)


def test_a_row_changed_since_is_a_conflict_and_kept(desk: Desk, tmp_path: Path) -> None:
    bring(desk, put(tmp_path, rides(ride(1))))

    report = bring(desk, put(tmp_path, rides(ride(1, metres="2001"))))

    assert counts(report) == (1, 0, 0, 1, 0)
    (kept,) = query("SELECT * FROM collect_quarantined_row WHERE partner_id = %s", [desk.terms.id])
    assert (kept["outcome"], kept["reason"], kept["row"]) == ("conflict", "conflict", 2)


def test_a_file_in_many_batches_is_as_one(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tanhui.flows import ingest_file

    lines = [ride(n, f"u{n % 3}", day=1 + n % 20, hour=n % 24) for n in range(100)] + [ride(5, "u2", day=6, hour=5)]
    whole_file = bring(desk, put(tmp_path, rides(*lines)))
    monkeypatch.setattr(ingest_file, "RECORDS_PER_BATCH", 7)
    other = Desk.open(desk.scheme)

    cut = bring(other, put(tmp_path, rides(*lines)))

    assert {**cut.counts(), "persons": 0} == {**whole_file.counts(), "persons": 0}
    assert cut.by_behavior == whole_file.by_behavior


@pytest.mark.parametrize(
    ("metres", "reason"),
    [
        ("1e400", "not_a_number"), ("9" * 400, "out_of_bounds"), ("9223372036854775808", "out_of_bounds"), ("-5", "out_of_bounds"),
        ("inf", "not_a_number"), ("0x10", "not_a_number"), ("--5", "not_a_number"), (".", "not_a_number"),
        ("1_000", "not_a_number"), ("¥2000", "not_a_number"), ("2000\u200b", "not_a_number"), ("٢٠٠٠", "not_a_number"),
        ("0." + "0" * 500 + "1", "out_of_bounds"), ("1e-400", "not_a_number"), ("\x07", "not_a_number"),
    ],
)  # fmt: skip
def test_numbers_that_are_none_are_refused_one_by_one(desk: Desk, tmp_path: Path, metres: str, reason: str) -> None:
    report = bring(desk, put(tmp_path, rides(ride(1, metres=metres), ride(2, hour=9))))

    assert counts(report) == (2, 1, 0, 0, 1)
    assert list(report.refused_by_reason) in ([reason], ["out_of_bounds"])


@pytest.mark.parametrize(
    "start",
    ["0001/1/1 0:00", "9999/12/31 23:59", "0000/1/1 0:00", "-001/1/1 0:00", "10000/1/1 0:00", "2025/2/29 8:00", "2025/8/1 24:00",
     "2025/8/1 8:60", "2025/8/1", "262143/1/1 0:00", "", " ", "2025-08-01T08:00:00Z", "８/1/2025"],
)  # fmt: skip
def test_times_that_are_none_are_refused_one_by_one(desk: Desk, tmp_path: Path, start: str) -> None:
    bad = f"1,77,u1,{start},121.5,31.3,2000,15"

    report = bring(desk, put(tmp_path, rides(bad, ride(2, hour=9))))

    assert counts(report) == (2, 1, 0, 0, 1)
    assert set(report.refused_by_reason) <= {"bad_date", "missing_field", "in_the_future", "before_agreement"}


@pytest.mark.parametrize(
    "odd",
    ["a\0b", "\0", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "\u202e", "\ufffe", "𝕌𝟙", "{}", '\\u0000', "'; DROP",
     "%s", "{value}", "[red]x[/red]", "=1+1", "\x1f", "\x7f"],
)  # fmt: skip
def test_odd_characters_in_a_cell_are_kept_or_refused_and_break_nothing(desk: Desk, tmp_path: Path, odd: str) -> None:
    text = rides(ride(1, odd), ride(2, metres=odd), ride(3, hour=9))

    report = bring(desk, put(tmp_path, text))

    read, accepted, _, _, refused = counts(report)
    assert (read, accepted + refused) == (3, 3)
    assert accepted >= 1
    kept = query("SELECT raw::text, detail_en FROM collect_quarantined_row WHERE partner_id = %s", [desk.terms.id])
    assert len(kept) == refused >= 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x80" * 50, b"\xed\xa0\x80", b"\xc3(", b"\xf0\x9f\x98"])
def test_bytes_that_are_no_text_damage_their_own_row_alone(desk: Desk, tmp_path: Path, content: bytes) -> None:
    good = [ride(n, hour=n).encode() for n in range(8, 12)]
    lines = [b"ID,BID,UID,ST,EX,EY,DS,DU", *good, b"1,77,u9,2025/8/1 8:05,121.5,31.3," + content + b",15"]

    report = bring(desk, put(tmp_path, b"\n".join(lines) + b"\n"))

    assert counts(report) == (5, 4, 0, 0, 1)


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800", "\\\\u0000", "\\udc00\\ud800", "\\uffff", "\\ud83d\\ude00"])
def test_odd_escapes_in_json_break_nothing(desk: Desk, tmp_path: Path, odd: str) -> None:
    row = '{{"ID": {n}, "BID": 7, "UID": "u{n}", "ST": "2025/8/1 8:05", "EX": 0, "EY": 0, "DS": {metres}, "DU": 15}}'
    rows = [row.format(n=1, metres=2000), row.format(n=2, metres=f'"{odd}"')]

    report = bring(desk, put(tmp_path, f"[{','.join(rows)}]", "rides.json"))

    assert counts(report) == (2, 1, 0, 0, 1)
    assert len(query("SELECT raw FROM collect_quarantined_row WHERE partner_id = %s", [desk.terms.id])) == 1


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e400", "9" * 400, "[1]", '{"a": 1}', "false"])
def test_values_in_json_that_are_no_numbers_are_refused_one_by_one(desk: Desk, tmp_path: Path, value: str) -> None:
    row = '{{"ID": {n}, "BID": 7, "UID": "u{n}", "ST": "2025/8/1 8:05", "EX": 0, "EY": 0, "DS": {metres}, "DU": 15}}'
    lines = [row.format(n=1, metres=2000), row.format(n=2, metres=value)]

    array = bring(desk, put(tmp_path, f"[{','.join(lines)}]", "rides.json"))
    streamed = bring(desk, put(tmp_path, "\n".join(lines), "rides.ndjson"))

    assert counts(array)[:2] == (2, 1)
    assert counts(streamed)[:2] == (2, 0)


def test_json_nested_without_end_is_refused_as_a_file(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        bring(desk, put(tmp_path, "[" * 200_000 + "]" * 200_000, "rides.json"))

    assert refusal.value.code == "file_unreadable"


def test_a_mapping_with_rides_of_one_person_at_once_keeps_the_first(desk: Desk, tmp_path: Path) -> None:
    report = bring(desk, put(tmp_path, rides(ride(1), ride(2), ride(3, hour=9))))

    assert counts(report) == (3, 2, 0, 0, 1)
    assert report.refused_by_reason == {"overlap": 1}


def test_times_are_the_mappings_and_days_the_schemes(desk: Desk, tmp_path: Path) -> None:
    """Ten rides a day count: midnight in Shanghai divides them, not midnight UTC."""
    evening = [ride(n, day=1, hour=23 - n % 8) for n in range(8)]
    night = [ride(10 + n, day=2, hour=n) for n in range(8)]

    report = bring(desk, put(tmp_path, rides(*evening, *night)))

    assert (counts(report), report.capped) == ((16, 16, 0, 0, 0), 0)
