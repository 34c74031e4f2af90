"""Meters of households: half hours, registers and showers, in hand-made files of the publishers' form."""

import zipfile
from datetime import datetime, timedelta

from tests.collecting import read, write


def half_hours(first: datetime, days: int) -> list[datetime]:
    return [first + timedelta(minutes=30 * n) for n in range(48 * days)]


def test_half_hours_become_months_with_the_mean_of_the_months_before(tmp_path):
    moments = half_hours(datetime(2012, 1, 20), 166)  # noqa: DTZ001 - local time, as in the file; to 3 July
    rows = [f"10006414,{at:%Y-%m-%d %H:%M:%S},{'0.05' if at.month == 3 else '0.1'}" for at in moments]
    text = "customer_id,reading_datetime,general_supply_kwh\n" + "\n".join(rows)
    result = read(write(tmp_path, text), "smart-meter-half-hourly")
    assert [at.strftime("%Y-%m-%dT%H") for at in result.column("occurred_at")] == ["2012-04-30T14", "2012-05-31T14"]
    assert result.column("steps:energy_kwh") == [148_800, 144_000]
    february, march, april, may = 139_200, 74_400, 144_000, 148_800
    assert result.column("steps:baseline_energy_kwh") == [
        (february + march + april) // 3,
        (february + march + april + may) // 4,
    ]
    reasons = [row["reason"] for row in result.refused.sort("row").iter_rows(named=True)]
    assert reasons == ["incomplete_month"] + ["no_baseline_yet"] * 3 + ["incomplete_month"]
    assert result.rows == len(rows)


def test_a_month_in_which_nobody_used_any_electricity_is_no_saving(tmp_path):
    moments = half_hours(datetime(2012, 2, 1), 151)  # noqa: DTZ001 - local time, as in the file; to 30 June
    rows = [f"10006704,{at:%Y-%m-%d %H:%M:%S},{'0.0' if at.month == 5 else '0.1'}" for at in moments]
    text = "customer_id,reading_datetime,general_supply_kwh\n" + "\n".join(rows)
    result = read(write(tmp_path, text), "smart-meter-half-hourly")
    assert [at.strftime("%Y-%m-%dT%H") for at in result.column("occurred_at")] == ["2012-05-31T14"]
    last = result.refused.sort("row").row(-1, named=True)
    assert (last["rows"], last["reason"]) == (1488, "incomplete_month")


def test_water_registers_come_zipped_with_blanks_in_the_header_and_days_first(tmp_path):
    first = datetime(2016, 3, 1, 0, 28, 55)  # noqa: DTZ001 - local time, as in the file
    rows = []
    for number in range(24 * 124):
        at = first + timedelta(seconds=3603 * number)  # drifting
        rows.append(f"k1;{at:%d/%m/%Y %H:%M:%S};{68321 + 10 * number};10")
    rows.insert(50, rows[49])
    rows.append(rows[-1].replace(rows[-1].split(";")[2], "5"))
    path = tmp_path / "swm.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("swm_trialA.csv", "user key;datetime; meter reading ;diff\n" + "\n".join(rows))
    result = read(path, "water-meter-register")
    assert len(result.column("record_id")) == 1  # June, after March, April and May
    assert abs(result.column("steps:water_m3")[0] - 7200) < 20
    reasons = [reason for _, reason in result.reasons]
    assert reasons.count("duplicate_reading") == 1
    assert reasons.count("conflicting_reading") == 1  # the same time with another reading
    assert result.rows == len(rows)


SHOWERS = """user.key;device.key;session.id;Alicante.local.date.time;volume;temperature;energy;flow;duration;history;mobile.os
u1;d1;446;30/01/2017 08:17:18;0.5;21;6;7.5;4;false;android
u1;d1;445;30/01/2017 08:23:18;128.1;38;4166.666;8.1;948;true;android
u1;d1;9;05/12/2016 17:34:37;0;0;0;0;0;true;android
"""


def test_a_shower_has_litres_and_seconds_and_nothing_is_no_shower(tmp_path):
    result = read(write(tmp_path, SHOWERS), "shower-meter-events")
    assert result.column("row") == [3]
    assert result.column("steps:water_m3") == [129]  # 0.1281 m3, rounded against the claim
    assert result.column("steps:duration_h") == [2633]
    assert (result.column("record_id"), result.column("household")) == (["d1-445"], ["u1"])
    assert result.column("variant") == ["shower"]
    assert result.reasons == [(2, "out_of_bounds"), (4, "not_an_activity")]  # four seconds; nothing at all
