"""The travel feeds' own quirks, in hand-made files of the same form."""

import gzip

import pytest
from tests.collecting import FIELDS, read, write
from tests.deliveries import tiny

TAPS = """card_no,deal_date,deal_type,deal_money,deal_value,equ_no,company_name,station,car_no,conn_mark,close_date
AAA,2018-09-01 11:17:31,地铁入站,0,0,263027121,地铁五号线,坂田,IGT-121,0,2018-09-01 00:00:00
AAA,2018-09-01 11:47:55,地铁出站,380,400,263035112,地铁五号线,太安,OGT-112,0,2018-09-01 00:00:00
BBB,2018-09-01 07:57:33,巴士,200,200,223014479,巴士集团,338路,粤B1,0,2018-09-01 00:00:00
CCC,2018-09-01 08:00:00,地铁出站,380,400,263035112,地铁五号线,,,0,2018-09-01 00:00:00
AAA,2018-09-01 11:47:55,地铁出站,380,400,263035112,地铁五号线,太安,OGT-112,0,2018-09-01 00:00:00
DDD,2018-09-01 08:00:00,轮渡,380,400,1,渡,,,0,2018-09-01 00:00:00
"""


def test_a_bus_tap_and_a_metro_exit_are_rides_and_an_entry_is_none(tmp_path):
    result = read(write(tmp_path, gzip.compress(TAPS.encode()), "taps.csv.gz"), "transit-card-taps")
    assert result.column("behavior") == [19, 18, 19, 19]
    assert result.column("steps:rides") == [1, 1, 1, 1]
    assert set(result.column("region")) == {"440300"}
    assert result.reasons == [(2, "not_an_activity"), (7, "unknown_behavior")]
    assert result.refused.sort("row")["field"].to_list() == ["metro_entry", "deal_type"]


def test_an_exact_duplicate_has_the_same_id_and_a_half_trip_still_counts(tmp_path):
    result = read(write(tmp_path, TAPS), "transit-card-taps")
    ids = result.column("record_id")
    assert ids[0] == ids[3]
    assert len(set(ids)) == 3
    assert result.column("row") == [3, 4, 5, 6]  # the exit of CCC has no entry and no station
    assert not any("CCC" in each for each in ids)


RIDES = """ID,BID,UID,ST,EX,EY,DS,DU
1,79699,759,2016/8/1 0:23,121.525,31.316,867.65,9
2,33279,1440,2016/8/31 23:58,121.517,31.309,9999.99,10
3,3060,5463,2016/8/1 0:26,121.387,31.103,120000,300
4,3060,5463,2016/8/2 0:26,121.387,31.103,20000,1393
"""


def test_rides_are_in_metres_and_minutes_of_local_time_without_zeros(tmp_path):
    result = read(write(tmp_path, RIDES), "mobike-rides")
    assert result.column("record_id") == ["20160801-1"]
    assert result.column("steps:distance_km") == [867]
    assert result.column("occurred_at")[0].isoformat() == "2016-07-31T16:23:00+00:00"
    assert result.column("duration_s") == [540]
    assert result.reasons == [(3, "too_fast"), (4, "out_of_bounds"), (5, "out_of_bounds")]  # 60 km/h, 120 km, 23 h


CHARGING = """"location";"user_id";"session_id";"plugin_time";"plugout_time";"connection_time";"energy_session"
"ASK";"ASK_Plass15";"ASK_1";2019-11-28 19:08:00;2019-11-29 08:20:00;13,2;19,96
"ASK";"ASK_Plass15";"ASK_2";2019-10-26 20:00:00;2019-10-27 08:00:00;13;5,1
"ASK";"ASK_Plass15";"ASK_3";2021-03-27 20:00:00;2021-03-28 08:00:00;11;5,1
"ASK";"ASK_Plass15";"ASK_4";2019-11-28 19:08:00;NA;NA;7,5
"ASK";"ASK_Plass15";"ASK_5";2019-11-28 19:08:00;2019-11-28 19:00:00;0;7,5
"""


def test_a_ride_without_its_distance_is_refused_and_not_estimated_by_its_time(tmp_path):
    text = "ID,BID,UID,ST,EX,EY,DS,DU\n1,7,u,2016/8/1 8:05,121.5,31.3,,240\n"
    result = read(write(tmp_path, text), "mobike-rides")
    assert result.reasons == [(2, "missing_field")]


def test_charging_reads_semicolons_decimal_commas_and_mixed_quotes(tmp_path):
    result = read(write(tmp_path, CHARGING), "ev-charging-sessions")
    assert result.column("steps:energy_kwh") == [19960, 5100, 5100, 7500]
    assert result.reasons == [(6, "out_of_bounds")]  # it ended before it began


def test_charging_over_a_change_of_the_clocks_takes_as_long_as_it_took(tmp_path):
    durations = read(write(tmp_path, CHARGING), "ev-charging-sessions").column("duration_s")
    assert durations == [47520, 13 * 3600, 11 * 3600, 0]


FITBIT = """Customer Id,ActivityDate,TotalSteps,TotalDistance,SedentaryMinutes
1503960366,4/12/2016,13162,8.5,728
1503960366,4/13/2016,0,0,1440
1503960366,13/4/2016,100,1,728
"""


@pytest.mark.parametrize("header", ["Customer Id", "Id"])
def test_a_day_of_no_steps_was_not_worn_and_dates_are_month_first(tmp_path, header):
    result = read(write(tmp_path, FITBIT.replace("Customer Id", header)), "fitbit-daily-activity")
    assert result.column("steps:steps") == [13162]
    assert result.column("record_id")[0].startswith("20160412-")
    assert result.reasons == [(3, "not_an_activity"), (4, "bad_date")]
    assert result.refused.sort("row")["field"][0] == "not_worn"


TOLL = """"time","tollgate_id","direction","vehicle_model","has_etc","vehicle_type"
"2016-10-18 07:59:04","2","0","1","1",""
"2016-10-18 07:59:31","2","0","1","0",""
"2016-10-18 07:59:50","2","0","1","1","1"
"""


def test_a_passage_without_a_person_is_credited_to_nobody(tmp_path):
    result = read(write(tmp_path, TOLL), "toll-passages")
    assert result.reasons == [(2, "person_missing"), (3, "not_an_activity"), (4, "not_an_activity")]


def test_a_partner_may_add_the_column_that_names_the_person(tmp_path):
    text = (
        TOLL.replace('"vehicle_type"\n', '"vehicle_type","车牌"\n')
        .replace('""\n', '"","沪A1"\n')
        .replace('"1"\n', '"1","沪A2"\n')
    )
    result = read(write(tmp_path, text), "toll-passages")
    assert (result.column("subject"), result.column("steps:count")) == (["沪A1"], [1])


def test_orders_of_shared_bicycles_without_distance_are_a_ride_each(tmp_path):
    header = "orderid,bikeid,userid,start_time,start_location_x,start_location_y,end_time,end_location_x,end_location_y,track"
    row = '78387,158357,10080,2016-08-20 06:57,121.348,31.389,2016-08-20 07:04,121.357,31.388,"121.347,31.392#121.348,31.389"'
    fields = FIELDS | {17: FIELDS[18]}

    with_end = read(write(tmp_path, f"{header}\n{row}\n"), "shared-bike-orders", fields=fields)
    without = read(tiny(tmp_path, "shared-bike-orders"), "shared-bike-orders", fields=fields)

    assert with_end.column("record_id") == ["20160820-78387"]
    assert with_end.column("steps:rides") == [1]
    assert with_end.column("duration_s") == [420]
    assert without.column("duration_s") == [0, 0]
    assert without.reasons == [(4, "person_missing")]


def test_the_daily_steps_alone_are_the_days_of_the_daily_activity(tmp_path):
    days = read(write(tmp_path, "Id,ActivityDate,TotalSteps\n7,4/12/2016,13162\n"), "fitbit-daily-activity")
    steps = read(write(tmp_path, "Id,ActivityDay,StepTotal\n7,4/12/2016,13162\n"), "fitbit-daily-activity")

    assert steps.records.equals(days.records)
    assert steps.column("steps:steps") == [13162]
