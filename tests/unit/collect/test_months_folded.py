"""Readings folded to months: what is complete, what runs backward, what stands twice, and the baseline."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from tests.collecting import read, write

SUM = """
schema: tanhui/feed/1
name: hourly
title: {{zh: 电, en: power}}
person: {{columns: [meter]}}
household: [meter]
record: {{hash: [meter]}}
occurred_at: {{columns: [at], formats: ["%Y-%m-%d %H:%M"]}}
region: {{constant: CN}}
behavior: {{constant: 12}}
fields: {{energy_kwh: {{column: kwh, unit: kWh}}}}
aggregate: {{period: month, kind: sum, field: energy_kwh, every_min: 60, coverage: "0.9", baseline: {baseline}}}
"""
OWN = "{field: baseline_energy_kwh, rule: own_mean, months: {least: 2, most: 2}}"
TIER = '{field: baseline_energy_kwh, rule: tier, value: "240", unit: kWh}'
MISSING = SUM.replace('coverage: "0.9"', 'coverage: "0.9", empty_days: missing')
REGISTER = """
schema: tanhui/feed/1
name: register
title: {zh: 水, en: water}
person: {columns: [meter]}
record: {hash: [meter]}
occurred_at: {columns: [at], formats: ["%Y-%m-%d %H:%M"]}
region: {constant: CN}
behavior: {constant: 13}
fields: {water_m3: {column: litres, unit: L}}
aggregate: {period: month, kind: register, field: water_m3, every_min: 60, most_per_hour: "1000",
  baseline: {field: baseline_water_m3, rule: tier, value: "10", unit: m3}}
"""


def hours(first: str, last: str) -> list[str]:
    moment, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    found = []
    while moment < end:
        found.append(f"{moment:%Y-%m-%d %H:%M}")
        moment += timedelta(hours=1)
    return found


def load(tmp_path, text):
    from tests.collecting import mapping

    return mapping(tmp_path, text)


def sums(tmp_path, rows, baseline=TIER, **asked):
    text = "meter,at,kwh\n" + "\n".join(rows) + "\n"
    return read(write(tmp_path, text), load(tmp_path, SUM.format(baseline=baseline)), **asked)


def test_a_complete_month_is_one_record_of_all_its_rows(tmp_path):
    rows = [f"A,{at},0.1005" for at in hours("2024-05-01", "2024-06-01")]
    result = sums(tmp_path, rows)
    record = result.records.row(0, named=True)
    assert (record["row"], record["rows"], record["subject"], record["household"]) == (2, 744, "A", "A")
    assert record["occurred_at"] == datetime(2024, 4, 30, 16, tzinfo=UTC)
    assert record["duration_s"] == 744 * 3600
    assert record["record_id"].startswith("202405-")
    assert record["steps:energy_kwh"] == 74_772  # 744 x 0.1005 summed exactly, rounded once
    assert record["steps:baseline_energy_kwh"] == 240_000


def test_what_a_month_lacks_is_taken_as_used_at_the_same_rate_and_never_as_saved(tmp_path):
    rows = [f"A,{at},0.1" for at in hours("2024-05-01", "2024-06-01")][:700]
    assert sums(tmp_path, rows).column("steps:energy_kwh") == [74_400]


def away(days: range) -> list[str]:
    """May 2024 with 0.1 kWh an hour, and nothing on these days."""
    return [f"A,{at},{0 if int(at[8:10]) in days else 0.1}" for at in hours("2024-05-01", "2024-06-01")]


def test_an_empty_home_saves_nothing_where_the_mapping_says_so(tmp_path):
    text = "meter,at,kwh\n" + "\n".join(away(range(10, 14))) + "\n"
    counted = read(write(tmp_path, text), load(tmp_path, SUM.format(baseline=TIER)))
    assert counted.column("steps:energy_kwh") == [64_800]
    refused = read(write(tmp_path, text), load(tmp_path, MISSING.format(baseline=TIER))).refused.row(0, named=True)
    assert (refused["rows"], refused["reason"]) == (744, "incomplete_month")
    assert "87.1%" in refused["detail_en"]


def test_a_few_empty_days_are_taken_as_used_like_the_others(tmp_path):
    text = "meter,at,kwh\n" + "\n".join(away(range(10, 12))) + "\n"
    result = read(write(tmp_path, text), load(tmp_path, MISSING.format(baseline=TIER)))
    assert result.column("steps:energy_kwh") == [74_400]


def test_a_register_that_stood_still_for_days_saved_nothing_either(tmp_path):
    litres, rows = 0, []
    for at in hours("2024-04-30", "2024-06-02"):
        litres += 0 if "05-10" <= at[5:10] < "05-20" else 10
        rows.append(f"A,{at},{litres}")
    text = "meter,at,litres\n" + "\n".join(rows) + "\n"
    still = REGISTER.replace("every_min: 60", "every_min: 60, empty_days: missing")
    assert read(write(tmp_path, text), load(tmp_path, REGISTER)).column("steps:water_m3") == [5_040]
    refused = read(write(tmp_path, text), load(tmp_path, still)).refused
    assert "incomplete_month" in refused.filter(refused["raw"].str.contains("2024-05"))["reason"].to_list()


def test_a_month_with_too_little_is_refused_with_all_its_rows(tmp_path):
    rows = [f"A,{at},0.1" for at in hours("2024-05-20", "2024-07-01")]
    result = sums(tmp_path, rows)
    assert result.column("rows") == [720]
    refused = result.refused.row(0, named=True)
    assert (refused["reason"], refused["row"], refused["rows"]) == ("incomplete_month", 2, 288)
    assert "2024-05 is covered to 38.7%" in refused["detail_en"]
    assert result.rows == len(rows)


def test_readings_at_the_same_time_are_duplicates_or_contradictions(tmp_path):
    rows = [f"A,{at},0.1" for at in hours("2024-05-01", "2024-06-01")]
    result = sums(tmp_path, [*rows, rows[5], rows[6].replace("0.1", "0.2"), rows[5]])
    assert result.reasons == [(746, "duplicate_reading"), (747, "conflicting_reading"), (748, "duplicate_reading")]
    assert '"0.2"' in result.refused.sort("row")["raw"][1]
    assert result.column("steps:energy_kwh") == [74_400]


def test_the_own_mean_needs_months_before_and_takes_the_latest(tmp_path):
    use = {5: "0.1", 6: "0.2", 7: "0.3", 8: "0.1"}
    rows = [f"A,{at},{use[int(at[5:7])]}" for at in hours("2024-05-01", "2024-09-01")]
    result = sums(tmp_path, rows, baseline=OWN)
    assert result.refused["reason"].to_list() == ["no_baseline_yet"] * 2
    assert result.column("steps:energy_kwh") == [223_200, 74_400]
    assert result.column("steps:baseline_energy_kwh") == [(74_400 + 144_000) // 2, (144_000 + 223_200) // 2]
    assert result.rows == len(rows)


def test_months_stored_before_count_for_the_mean(tmp_path):
    rows = [f"A,{at},0.1" for at in hours("2024-05-01", "2024-06-01")]
    stored = {"A": [(date(2024, 3, 1), 100_001), (date(2024, 4, 1), 50_000), (date(2024, 6, 1), 9)]}
    result = sums(tmp_path, rows, baseline=OWN, history=lambda subject: stored[subject])
    assert result.column("steps:baseline_energy_kwh") == [75_000]


def test_months_begin_where_the_zone_says(tmp_path):
    text = SUM.replace("person:", "time: {{zone: Europe/Oslo}}\nperson:", 1)
    march = [at for at in hours("2024-03-01", "2024-04-01") if at != "2024-03-31 02:00"]
    rows = "meter,at,kwh\n" + "\n".join(f"A,{at},1" for at in march)
    result = read(write(tmp_path, rows), load(tmp_path, text.format(baseline=TIER)))
    assert result.column("duration_s") == [743 * 3600]
    assert result.column("steps:energy_kwh") == [743_000]


def registers(tmp_path, rows):
    return read(write(tmp_path, "meter,at,litres\n" + "\n".join(rows) + "\n"), load(tmp_path, REGISTER))


def rising(first: str, last: str, start: int = 1000, step: int = 10) -> list[str]:
    return [f"A,{at},{start + step * n}" for n, at in enumerate(hours(first, last))]


def test_a_register_is_differenced_over_the_turn_of_the_month(tmp_path):
    result = registers(tmp_path, rising("2024-05-01", "2024-07-02"))
    assert result.column("rows") == [744, 720]
    assert result.column("steps:water_m3") == [7440, 7200]
    assert [(row, rows) for row, rows in result.refused.select("row", "rows").iter_rows()] == [(1466, 24)]
    assert result.rows == 62 * 24


def test_a_gap_inside_a_month_is_covered_by_the_register(tmp_path):
    rows = rising("2024-05-01", "2024-06-01T01:00")
    result = registers(tmp_path, rows[:100] + rows[400:])
    assert result.column("steps:water_m3") == [7440]
    assert result.column("rows") == [444]


def test_a_rise_over_the_turn_is_shared_by_time(tmp_path):
    rows = [*rising("2024-05-01", "2024-06-30T23:00"), "A,2024-07-01 03:00,20000"]
    result = registers(tmp_path, rows)
    assert result.column("steps:water_m3")[0] == 7440
    last = 1000 + 10 * (61 * 24 - 2)
    assert result.column("steps:water_m3")[1] == -(-(10 * 718 * 1000 + (20000 - last) * 1000 * 2 // 5) // 1000)


@pytest.mark.parametrize(
    ("wrong", "reasons"), [("500", ["meter_rollback", "meter_jump"]), ("9999999", ["meter_jump", "meter_rollback"])]
)
def test_a_glitch_refuses_its_readings_and_counts_as_not_covered(tmp_path, wrong, reasons):
    rows = rising("2024-05-01", "2024-06-01T01:00", start=5000)
    rows[100] = rows[100].rpartition(",")[0] + "," + wrong
    result = registers(tmp_path, rows)
    assert [reason for _, reason in result.reasons] == [*reasons, "incomplete_month"]
    assert [row for row, _ in result.reasons] == [102, 103, 746]
    assert '"litres":"' + wrong in result.refused.sort("row")["raw"][0]
    assert result.column("rows") == [742]
    assert result.column("steps:water_m3") == [7440]  # 742 hours of 10 L, the two missing at the same rate


def test_the_order_of_the_file_does_not_matter(tmp_path):
    rows = rising("2024-05-01", "2024-06-01T01:00")
    assert registers(tmp_path, rows[::-1]).column("steps:water_m3") == [7440]


def test_quantities_are_exact_fractions_of_the_unit():
    assert Fraction("0.1005") * 744 == Fraction("74.772")
