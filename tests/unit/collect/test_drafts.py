"""A draft is made of names first and of cells second, and a few bad cells change nothing of what a column is."""

from pathlib import Path

import polars as pl
import pytest

from tanhui.steps.collect.draft import draft_mapping
from tanhui.steps.collect.shapes import shape_of

ORDERS = [f"202405{day:02d}0800{day:02d}" for day in range(1, 12)]
DAYS = [f"2024-05-{day:02d} 08:00:00" for day in range(1, 12)]


def draft(tmp_path: Path, header: str, rows: list[str]) -> str:
    path = tmp_path / "rides.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return draft_mapping(path)


@pytest.mark.parametrize("bad", [["昨天"], ["昨天"] * 5])
def test_a_named_time_wins_over_an_order_number_that_looks_like_one(tmp_path: Path, bad: list[str]) -> None:
    times = [*bad, *DAYS[len(bad) :]]
    rows = [f"{order},u{n % 3},{time},{n}.5" for n, (order, time) in enumerate(zip(ORDERS, times, strict=True))]

    drafted = draft(tmp_path, "单号,用户,下单时间,里程", rows)

    assert 'occurred_at: {columns: ["下单时间"], formats: ["%Y-%m-%d %H:%M:%S"]}' in drafted
    assert 'record: {columns: ["单号"]}' in drafted


def test_where_no_column_is_a_time_the_date_in_an_order_number_is_a_guess(tmp_path: Path) -> None:
    drafted = draft(tmp_path, "单号,用户,里程", [f"{order},u,{n}.5" for n, order in enumerate(ORDERS)])

    assert 'record: {columns: ["单号"]}' in drafted
    assert 'occurred_at: {columns: ["单号"], formats: ["%Y%m%d%H%M%S"]}  # guess' in drafted


def test_a_named_quantity_is_found_among_bad_cells(tmp_path: Path) -> None:
    rows = [f"u,{day},{'坏' if n < 4 else f'{n},5'}" for n, day in enumerate(DAYS)]

    drafted = draft(tmp_path, "用户;时间;里程".replace(";", "|"), [row.replace(",", "|", 2) for row in rows])

    assert 'distance_km: {column: "里程", unit: km}' in drafted
    assert 'decimal: ","' in drafted


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1"] * 10 + ["x"], "whole"), (["1"] * 4 + ["x"], "whole"), (["1"] * 3 + ["x"], "text"), (["1"] * 8 + ["x"] * 3, "text"),
        (["1"] * 98 + ["x"] * 2, "whole"), (["1"] * 94 + ["x"] * 6, "text"), ([*DAYS[1:], "-"], "time"), ([*DAYS[1:], "昨天"], "time"),
        (["20240501"] * 10 + ["x"], "time"), (["1"] * 10 + ["2.5"], "decimal"),
    ],
)  # fmt: skip
def test_the_kind_of_a_column_bears_a_few_bad_cells(cells: list[str], kind: str) -> None:
    assert shape_of(pl.Series(cells)).kind == kind


def test_of_two_formats_the_one_that_reads_more_is_meant() -> None:
    assert shape_of(pl.Series([f"0{month}/05/2024" for month in range(1, 10)] + ["05/13/2024"])).formats == (
        "%m/%d/%Y",
    )


def test_the_decimal_mark_is_the_one_that_reads_more() -> None:
    assert shape_of(pl.Series(["3"] * 10 + ["3,5"])).decimal == ","


def test_a_kind_of_user_is_no_person_and_a_ride_without_distance_is_a_ride(tmp_path: Path) -> None:
    rows = [f"R{n},2024-05-01 08:{n}:12.103,2024-05-01 08:{n}:45.871,member" for n in range(10, 20)]

    drafted = draft(tmp_path, "ride_id,started_at,ended_at,member_casual", rows)

    assert "person: {argument: true}" in drafted
    assert 'occurred_at: {columns: ["started_at"], formats: ["%Y-%m-%d %H:%M:%S%.f"]}' in drafted
    assert "behavior: {constant: 17}" in drafted
    assert 'fields: {rides: {constant: "1"}}' in drafted


def test_a_day_and_a_time_of_day_in_two_columns_are_read_together(tmp_path: Path) -> None:
    drafted = draft(
        tmp_path, "卡号,交易日期,交易时间,里程", [f"{n % 3},2024-05-{n},08:00:00,{n}.5" for n in range(10, 20)]
    )

    assert 'occurred_at: {columns: ["交易日期", "交易时间"], formats: ["%Y-%m-%d %H:%M:%S"]}' in drafted


def test_where_no_time_is_understood_that_is_said(tmp_path: Path) -> None:
    drafted = draft(tmp_path, "user,when,date,km", [f"u{n},x,early,{n}.5" for n in range(9)])

    assert "# guess: no column holds times that were understood. Name it, and its format." in drafted
    assert 'occurred_at: {columns: ["date"]' in drafted


def test_the_number_of_a_charger_and_the_price_are_no_energy(tmp_path: Path) -> None:
    rows = [f"{n},138{n},{n:03d},2024-05-01 08:{n}:00,2024-05-01 09:{n}:00,{n}.41,{n}.20" for n in range(10, 20)]

    drafted = draft(tmp_path, "订单号,用户手机号,充电桩编号,开始充电时间,结束充电时间,充电电量(度),充电费(元)", rows)

    assert 'energy_kwh: {column: "充电电量(度)", unit: kWh}' in drafted
    assert "behavior: {constant: 22}" in drafted


def test_readings_of_meters_are_folded_to_months(tmp_path: Path) -> None:
    rows = [f"M{m},2024-05-{d:02d} 00:{h}:00,{d}.5" for m in range(2) for d in range(1, 9) for h in ("00", "30")]

    used = draft(tmp_path, "LCLid,time,kWh", rows)
    counted = draft(tmp_path, "水表编号,抄表时间,表底数(m3)", rows)

    for line in ('household: ["LCLid"]', "  kind: sum", "  field: energy_kwh", "  every_min: 30"):
        assert f"\n{line}" in used
    for line in ('person: {columns: ["水表编号"]}', "  kind: register", "  field: water_m3"):
        assert f"\n{line}" in counted


def test_the_id_is_made_of_who_and_when_where_that_is_enough(tmp_path: Path) -> None:
    drafted = draft(tmp_path, "用户,日期,步数", [f"u{n % 2},2024-05-{n // 2 + 1:02d},{n * 100}" for n in range(20)])

    assert 'record: {hash: ["用户", "日期"]}' in drafted


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [(["3120", "12,480"], ".", ","), (["0,141", "12,480"], ",", ""), (["3,5", "12,480"], ",", "")],
)
def test_thousands_are_told_from_decimals(cells: list[str], decimal: str, thousands: str) -> None:
    found = shape_of(pl.Series(cells))

    assert (found.decimal, found.thousands) == (decimal, thousands)
