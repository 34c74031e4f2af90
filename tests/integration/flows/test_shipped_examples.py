"""The examples that ship, brought in: every line accounted for, and the same again nothing new."""

from datetime import UTC, datetime

import pytest
from tests.batches import Desk
from tests.documents import PROJECT

from tanhui.flows.ingest_file import Delivery, Ingested, ingest_file
from tanhui.participants.organizations.services import admit_file_partner
from tanhui.steps.collect.mapping import mapping_named

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def bring_in(desk: Desk, file: str, mapping: str) -> Ingested:
    delivery = Delivery(
        PROJECT / "examples" / file, mapping_named(mapping), admit_file_partner("example", now=NOW), mapping
    )
    return ingest_file(delivery, scheme=desk.scheme, now=lambda: NOW)


@pytest.mark.parametrize(
    ("file", "mapping", "read", "accepted", "refused"),
    [
        ("steps-daily.csv.gz", "fitbit-daily-activity", 940, 863, {"not_an_activity": 77}),
        ("ev-charging-sessions.csv.gz", "ev-charging-sessions", 35_377, 35_377, {}),
        ("electricity-half-hourly.csv.gz", "smart-meter-half-hourly", 114_407, 82_864,
         {"no_baseline_yet": 17_644, "incomplete_month": 13_899}),
        ("water-meter-register.zip", "water-meter-register", 54_261, 40_582,
         {"no_baseline_yet": 13_636, "meter_rollback": 37, "duplicate_reading": 6}),
        ("shop-invoices-2010-12.csv.gz", "online-shop-invoices", 42_481, 26_021,
         {"person_missing": 15_323, "cancelled": 272, "original_uncertain": 592, "not_an_activity": 273}),
    ],
)  # fmt: skip
def test_an_example_ends_as_its_readme_says(
    desk: Desk, file: str, mapping: str, read: int, accepted: int, refused: dict[str, int]
):
    first = bring_in(desk, file, mapping)
    assert (first.read, first.rows["accepted"], dict(first.refused_by_reason)) == (read, accepted, refused)
    assert first.rows["duplicate"] == first.rows["conflict"] == 0
    again = bring_in(desk, file, mapping)
    assert (again.rows["accepted"], again.rows["duplicate"], again.reduction_mg) == (0, accepted, 0)
    shown = (PROJECT / "examples" / "README.md").read_text()
    assert f"| {read:,} | {accepted:,} |" in shown
