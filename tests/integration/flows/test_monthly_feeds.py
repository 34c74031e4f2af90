"""Feeds of meters sent month by month: the same as sent together, and never before a month is over."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.batches import NOW, Desk

Month = tuple[int, int]


def deliver(desk: Desk, path: Path, months: list[Month], *, now: datetime = NOW, until: datetime | None = None) -> Any:
    from tanhui.flows.ingest_file import Delivery, ingest_file
    from tanhui.steps.collect.mapping import mapping_named

    lines = ["CUSTOMER_ID,READING_DATETIME,GENERAL_SUPPLY_KWH"]
    for year, month in months:
        moment, end = datetime(year, month, 1), datetime(year + month // 12, month % 12 + 1, 1)  # noqa: DTZ001
        while moment < min(end, until or end):
            lines.append(f"9001,{moment:%Y-%m-%d %H:%M:%S},{0.5 - 0.02 * month:.2f}")
            moment += timedelta(minutes=30)
    path.write_text("\n".join(lines) + "\n")
    mapping = mapping_named("smart-meter-half-hourly")
    return ingest_file(Delivery(path, mapping, desk.terms, desk.space), scheme=desk.scheme, now=lambda: now)


def test_months_sent_one_by_one_are_credited_as_sent_together(desk: Desk, tmp_path: Path) -> None:
    """The first three months are refused for want of a baseline; they count for those that come later."""
    months = [(2024, month) for month in range(1, 13)]

    together = deliver(desk, tmp_path / "all.csv", months)
    apart = Desk.open(desk.scheme)
    one_by_one = [deliver(apart, tmp_path / f"{month[1]}.csv", [month]) for month in months]

    assert sum(part.reduction_mg for part in one_by_one) == together.reduction_mg


def test_a_month_that_is_not_over_is_not_booked(desk: Desk, tmp_path: Path) -> None:
    """It would be extrapolated, and the whole month a conflict afterwards."""
    told = deliver(
        desk, tmp_path / "april.csv", [(2025, month) for month in (1, 2, 3, 4)],
        now=datetime(2025, 4, 28, 15, tzinfo=UTC), until=datetime(2025, 4, 29),  # noqa: DTZ001 - as the file writes them
    )  # fmt: skip

    assert told.rows["accepted"] == 0
    assert told.refused_by_reason["month_not_over"] > 0
