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
