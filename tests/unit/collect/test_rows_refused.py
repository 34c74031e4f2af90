"""Why a row is refused: the first reason that holds, with its value, in both languages, and the source cells beside it."""

import json
from datetime import date

import pytest
from tests.collecting import FIELDS, GOOD, HEADER, PLAIN, mapping, read, write

from tanhui.core.refusal import Refusal


@pytest.mark.parametrize(
    ("row", "reason", "field", "told"),
    [
        ("2,anna,2024-05-01 08:00,,20", "missing_field", "distance_km", "distance_km"),
        ("2,anna,2024-05-01 08:00,NA,20", "missing_field", "distance_km", "distance_km"),
        ("2,anna,2024-05-01 08:00,far,20", "not_a_number", "distance_km", "“far”"),
        ("2,anna,2024-05-01 08:00,99,20", "out_of_bounds", "distance_km", "between 0.1 and 100 km"),
        ("2,anna,2024-05-01 08:00,100000.9,480", "", "", ""),
        ("2,anna,2024-05-01 08:00,100001,480", "out_of_bounds", "distance_km", "is 100001"),
        ("2,anna,2024-05-01 08:00,99999999999999,480", "out_of_bounds", "distance_km", "is 99999999999999"),
        ("2,anna,2024-05-01 08:00,10001,20", "too_fast", "distance_km", "Faster than 30 km/h: 30"),
        ("2,anna,2024-05-01 08:00,1000,x", "not_a_number", "duration_s", "“x”"),
        ("2,anna,01.05.2024,1000,20", "bad_date", "occurred_at", "“01.05.2024” is no time"),
        ("2,anna,,1000,20", "missing_field", "occurred_at", "occurred_at"),
        ("2,anna,2026-11-01 08:01,1000,20", "in_the_future", "occurred_at", "2026-11-01 08:01"),
        ("2,anna,2024-04-30 23:59,1000,20", "before_agreement", "occurred_at", "began on 2024-05-01"),
        ("2, ,2024-05-01 08:00,1000,20", "person_missing", "subject", "--person"),
        ("NULL,anna,2024-05-01 08:00,1000,20", "record_id_missing", "id", "no id"),
    ],
)  # fmt: skip
def test_a_row_is_refused_with_its_reason_and_nothing_else_changes(tmp_path, row, reason, field, told):
    result = read(write(tmp_path, f"{HEADER}\n{GOOD}\n{row}\n"), mapping(tmp_path), not_before=date(2024, 5, 1))
    if not reason:
        assert result.records.height == 2
        return
    assert result.column("row") == [2]
    refused = result.refused.row(0, named=True)
    assert (refused["row"], refused["rows"], refused["reason"], refused["field"]) == (3, 1, reason, field)
    assert told in refused["detail_en"]
    assert refused["detail_zh"]
    assert list(json.loads(refused["raw"]).values()) == [cell or None for cell in row.split(",")]


def test_a_behavior_without_a_methodology_refuses_its_rows(tmp_path):
    fields = {number: spec for number, spec in FIELDS.items() if number != 17}
    result = read(write(tmp_path, f"{HEADER}\n{GOOD}\n"), mapping(tmp_path), fields=fields)
    assert result.reasons == [(2, "methodology_not_in_force")]


def test_a_variant_that_is_none_refuses_its_rows(tmp_path):
    text = PLAIN.replace("{constant: 17}", "{constant: 17, variant: flying}")
    assert read(write(tmp_path, f"{HEADER}\n{GOOD}\n"), mapping(tmp_path, text)).reasons == [(2, "variant_unknown")]


CASES = PLAIN.replace(
    "behavior: {constant: 17}",
    """behavior:
  cases:
    - {behavior: 17, when: {column: user, matches: "^a"}}
    - {behavior: 18, when: {column: user, is: [bus, tram]}, fields: {rides: {constant: "1"}}}
ignore:
  - name: test_rides
    when: {all: [{column: m, below: "500"}, {not: {column: minutes, empty: true}}]}
    why: {zh: 试骑, en: a test ride}
  - name: returned
    when: {any: [{column: minutes, is: "0"}, {column: user, is: refund}]}
    reason: cancelled
    why: {zh: 已退, en: given back}""",
)


def test_rows_are_of_one_behavior_or_are_told_why_not(tmp_path):
    rows = [
        "1,anna,2024-05-01 08:00,1000,20",
        "2,bus,2024-05-01 08:00,1000,20",
        "3,bob,2024-05-01 08:00,1000,20",
        "4,anna,2024-05-01 08:00,499.99,20",
        "5,refund,2024-05-01 08:00,1000,20",
    ]
    result = read(write(tmp_path, "\n".join([HEADER, *rows])), mapping(tmp_path, CASES))
    assert result.reasons == [(4, "unknown_behavior"), (5, "not_an_activity"), (6, "cancelled")]
    assert result.refused.sort("row")["field"].to_list() == ["user", "test_rides", "returned"]
    assert result.column("behavior") == [17, 18]
    assert result.column("steps:rides") == [None, 1]
    assert result.column("steps:distance_km") == [1000, None]


def test_a_region_comes_from_a_code_or_a_table(tmp_path):
    text = PLAIN.replace('{constant: "310000"}', "{column: user}")
    rows = f"{HEADER}\n1,440300,2024-05-01 08:00,1000,20\n2,999999,2024-05-01 08:00,1000,20\n"
    result = read(write(tmp_path, rows), mapping(tmp_path, text))
    assert (result.column("region"), result.reasons) == (["440300"], [(3, "unknown_region")])


def test_the_person_of_a_file_that_names_none_is_given_by_its_reader_and_never_guessed(tmp_path):
    text = PLAIN.replace("person: {columns: [user]}", "person: {argument: true}")
    path = write(tmp_path, f"{HEADER}\n{GOOD}\n")
    assert read(path, mapping(tmp_path, text)).reasons == [(2, "person_missing")]
    assert read(path, mapping(tmp_path, text), subject="anna").column("subject") == ["anna"]
    with pytest.raises(Refusal, match="name the person themselves"):
        read(path, mapping(tmp_path), subject="bob")


def test_a_hashed_record_id_keeps_the_day_in_front_and_hides_the_rest(tmp_path):
    text = PLAIN.replace("record: {columns: [id]}", "record: {hash: [user, at]}")
    path = write(tmp_path, f"{HEADER}\n{GOOD}\n{GOOD}\n2,bob,2024-05-01 07:59,1000,20\n")
    ids = read(path, mapping(tmp_path, text)).column("record_id")
    assert [each[:9] for each in ids] == ["20240501-"] * 3
    assert ids[0] == ids[1] != ids[2]
    assert "anna" not in ids[0]
    assert read(path, mapping(tmp_path, text), id_key=b"secret").column("record_id")[0] != ids[0]
