"""A file that comes without a mapping: the shipped one is found, or a draft is made that reads it."""

import pytest
from tests.collecting import DISTANCE, FIELDS, GOOD, HEADER, mapping, read, write

from tanhui.core.refusal import Refusal
from tanhui.steps.collect.draft import draft_mapping
from tanhui.steps.collect.guess import guess_mapping, mapping_for
from tanhui.steps.collect.types import BehaviorFields

RIDES = {17: BehaviorFields({"distance_km": DISTANCE}, {"distance": ("distance_km",)})}


def test_the_mapping_whose_columns_the_file_has_is_found(tmp_path):
    rides = write(tmp_path, "ID,BID,UID,ST,EX,EY,DS,DU\n1,7,5,2016/8/1 0:23,121.5,31.3,867.65,9\n")
    assert mapping_for(rides).name == "mobike-rides"
    (guess,) = guess_mapping(rides)
    assert guess.readable == 1.0


def test_columns_alone_are_not_enough_when_no_row_can_be_read(tmp_path):
    path = write(tmp_path, "ID,BID,UID,ST,EX,EY,DS,DU\n1,7,5,yesterday,121.5,31.3,867.65,9\n")
    with pytest.raises(Refusal, match="not clear"):
        mapping_for(path)


def test_of_two_mappings_the_one_that_uses_more_of_the_file_is_first(tmp_path):
    text = "card_no,deal_date,deal_type,equ_no\nA,2018-09-01 08:00:00,巴士,1\n"
    assert [guess.mapping.name for guess in guess_mapping(write(tmp_path, text))] == ["transit-card-taps"]
    assert guess_mapping(write(tmp_path, f"{HEADER}\n{GOOD}\n")) == []


def drafted(tmp_path, text, name="unknown.csv"):
    path = write(tmp_path, text, name)
    draft = draft_mapping(path)
    person = {"subject": "u"} if "argument: true" in draft else {}
    return draft, read(path, mapping(tmp_path, draft), fields=FIELDS | RIDES, **person)


def test_an_unknown_ride_export_is_drafted_with_its_separator_marks_dates_and_units(tmp_path):
    text = "Trip ID;Rider ID;Start time;End time;Distance (m);Duration (min)\n" + "".join(
        f"T{n};R{n % 3};{n + 12}.05.2024 08:00;{n + 12}.05.2024 08:20;{n}250,5;20\n" for n in range(1, 9)
    )
    draft, result = drafted(tmp_path, text)
    assert 'delimiter: ";"' in draft
    assert 'decimal: ","' in draft
    assert 'formats: ["%d.%m.%Y %H:%M"]' in draft
    assert 'ended_at: {columns: ["End time"]' in draft
    assert result.records.height == 8
    assert result.column("steps:distance_km")[0] == 1250
    assert result.column("record_id")[0] == "T1"
    assert result.column("duration_s")[0] == 1200


def test_a_chinese_export_in_gb18030_with_a_preamble_is_drafted(tmp_path):
    text = "某市用电导出\n导出时间：2024-06-01\n户号,抄表日期,用电量（千瓦时）\n" + "".join(
        f"31{n:04d},2024/5/{n},{n}.25\n" for n in range(1, 20)
    )
    draft, result = drafted(tmp_path, text.encode("gb18030"))
    assert "encoding: gb18030" in draft
    assert 'person: {columns: ["户号"]}' in draft
    assert 'energy_kwh: {column: "用电量（千瓦时）", unit: kWh}' in draft
    assert result.records.is_empty()  # behavior 12 also wants a baseline, which a person must say
    assert {reason for _, reason in result.reasons} == {"missing_field"}


def test_a_file_without_a_header_is_drafted_by_position(tmp_path):
    draft, result = drafted(tmp_path, "".join(f"u{n},2024-05-{n:02d} 08:00:00,{n}\n" for n in range(1, 20)))
    assert 'columns: ["column_1", "column_2", "column_3"]' in draft
    assert result.rows == 19


def test_day_and_month_that_cannot_be_told_apart_are_said_so(tmp_path):
    draft, _ = drafted(tmp_path, "user,date,steps\na,04/05/2024,100\nb,05/05/2024,200\n")
    assert "day and month cannot be told apart" in draft
