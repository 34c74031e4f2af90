"""A file and the interface give the same books for the same acts, to the gram and the thousandth of a point."""

import csv
from datetime import datetime, timedelta, timezone
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.api.doors import SINGLE, ends
from tests.batches import Desk, postings_of
from tests.deliveries import bring

KILOMETRES = (
    "10", "0.8125", "8.1255", "12.34567891234", "1e1", "+7.0004", "29.9999", "301", "-1", "ten", "0.00001", ".5", "2.", "1E-1", "7,5",
)  # fmt: skip
MAPPING = """
schema: tanhui/feed/1
name: same-books
title: {zh: 地铁, en: Metro}
time: {zone: Asia/Shanghai}
person: {columns: [user]}
record: {columns: [id]}
occurred_at: {columns: [at], formats: [iso8601]}
duration: {column: seconds, unit: s}
region: {column: region, values: {"440300": "440300", "110105": "110105"}}
evidence: partner
behavior: {constant: 19}
fields:
  distance_km: {column: km, unit: km}
"""
SHANGHAI = timezone(timedelta(hours=8))
OURS = {"key", "person_id", "batch_id", "content", "partner_id"}


@pytest.fixture
def acts():
    begin = datetime(2026, 1, 3, 8, tzinfo=SHANGHAI)
    return [
        {"id": f"a-{n}", "user": f"u{n % 4}", "at": (begin + timedelta(hours=n)).isoformat(), "km": km,
         "seconds": 1500 + n, "region": ("440300", "110105")[n % 2]}
        for n, km in enumerate(KILOMETRES)
    ]  # fmt: skip


def test_the_same_acts_by_file_and_by_event_are_the_same_in_the_books(doorway, acts, tmp_path):
    from tanhui.steps.collect.mapping import load_mapping

    (tmp_path / "same-books.yaml").write_text(MAPPING)
    with (tmp_path / "acts.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, acts[0].keys())
        writer.writeheader()
        writer.writerows(acts)
    desk = Desk.open()
    report = bring(desk, tmp_path / "acts.csv", load_mapping(tmp_path / "same-books.yaml"))
    events = [
        doorway.event(at=act["at"], subject=act["user"], distance_km=act["km"], duration_s=act["seconds"], region=act["region"])
        for act in acts
    ]  # fmt: skip
    told = doorway.send(*events).json()
    assert told["counts"] == {name: report.rows[name] for name in ("accepted", "duplicate", "conflict", "refused")}
    assert report.refused_by_reason == {"out_of_bounds": 3, "not_a_number": 2}
    assert [code for code in ends(told["results"]) if code != "accepted"] == [
        "out_of_bounds", "out_of_bounds", "not_a_number", "out_of_bounds", "not_a_number",
    ]  # fmt: skip
    by_file, by_event = (
        sorted(tuple(value for name, value in row.items() if name not in OURS) for row in postings_of(number))
        for number in (desk.terms.id, doorway.terms.id)
    )
    assert len(by_file) == 10
    assert by_file == by_event


def test_json_numbers_are_taken_as_they_are_written_and_not_as_floats(doorway):
    written = b'{"specversion":"1.0","id":"exact","source":"/m","type":"tanhui.activity.recorded.v1","subject":"anna",'
    written += b'"time":"2026-01-03T08:00:00+08:00","data":{"behavior":19,"region":"440300","distance_km":8.123999999999999999}}'
    told = doorway.post(written, SINGLE).json()
    assert told["reduction_mg"] == 8_123 * 46_700_000 // 10**6  # as a float it would be 8.124
    (row,) = postings_of(doorway.terms.id)
    assert row["quantity_1"] == 8_123


NUMBERS = st.from_regex(
    r"[+-]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})([eE][+-]?\d{1,2})?", fullmatch=True, alphabet="0123456789.eE+-"
)


@given(
    texts=st.lists(NUMBERS, min_size=1, max_size=20),
    step=st.sampled_from(["0.001", "1", "0.0001", "1/3"]),
    up=st.booleans(),
)
@example(texts=["9223372036854775807", "-9223372036854775807", "1e99", "0.000000000001"], step="0.001", up=True)
def test_one_number_becomes_the_same_steps_as_a_column_of_them(texts, step, up):
    from tanhui.steps.collect.numbers import whole_step, whole_steps

    per_unit = 1 / Fraction(step)
    column = whole_steps(pl.Series(texts, dtype=pl.String), per_unit=per_unit, up=up).to_list()
    assert [whole_step(text, per_unit=per_unit, up=up) for text in texts] == column


@given(
    st.lists(st.text(max_size=40) | st.uuids().map(str) | st.from_regex(r"\w*\d{3,25}\w*", fullmatch=True), max_size=20)
)
def test_a_record_has_the_same_key_whether_it_comes_with_few_or_with_many(ids):
    from tanhui.steps.collect.identity import FEW, record_keys

    storable = [name.encode("utf-8", "replace").decode() for name in ids]
    many = storable + ["x"] * (FEW + 1)
    assert record_keys(storable, partner_id=7).tolist() == record_keys(many, partner_id=7).tolist()[: len(storable)]
