"""A corrected sheet sent again: to the same persons, and nothing of it gets lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.batches import NOW, Desk, postings_of

MAPPING = "fitbit-daily-activity"
TOO_MANY = "9999999"


@pytest.fixture
def delivered(desk: Desk, tmp_path: Path) -> Desk:
    """A day booked and one refused, of a person in a space of user ids that is not the mapping's."""
    from tanhui.flows.ingest_file import Delivery, ingest_file
    from tanhui.steps.collect.mapping import mapping_named

    path = tmp_path / "steps.csv"
    path.write_text(f"Id,ActivityDate,TotalSteps\n77,4/12/2016,{TOO_MANY}\n77,4/13/2016,10735\n")
    report = ingest_file(
        Delivery(path, mapping_named(MAPPING), desk.terms, desk.space), scheme=desk.scheme, now=lambda: NOW
    )
    assert dict(report.rows) == {"accepted": 1, "refused": 1, "duplicate": 0, "conflict": 0}
    return desk


@pytest.fixture
def send_again(delivered: Desk, tmp_path: Path) -> Callable[..., Any]:
    def send(*, steps: str) -> Any:
        """What becomes of the open rows with so many steps."""
        from tanhui.flows.resubmit_rows import resubmit_rows
        from tanhui.steps.collect.mapping import mapping_named
        from tanhui.steps.collect.sheet import write_sheet

        sheet = tmp_path / "sheet.csv"
        write_sheet(open_rows(delivered), sheet, language="en")
        sheet.write_text(sheet.read_text(encoding="utf-8-sig").replace(TOO_MANY, steps), encoding="utf-8")
        return resubmit_rows(sheet, find_mapping=mapping_named, scheme=delivered.scheme, now=lambda: NOW)

    return send


def open_rows(desk: Desk) -> list[dict[str, Any]]:
    from tanhui.steps.collect.selectors import QuarantineFilter, quarantined

    return quarantined(QuarantineFilter(partner_id=desk.terms.id))


def test_a_corrected_row_is_booked_to_the_person_it_was_refused_for(
    delivered: Desk, send_again: Callable[..., Any]
) -> None:
    assert send_again(steps="9999").rows["accepted"] == 1

    assert len({posting["person_id"] for posting in postings_of(delivered.terms.id)}) == 1
    assert open_rows(delivered) == []


def test_a_row_refused_however_often_stays_open(delivered: Desk, send_again: Callable[..., Any]) -> None:
    for _ in range(4):
        assert send_again(steps=TOO_MANY).rows["refused"] == 1
        assert [row["reason"] for row in open_rows(delivered)] == ["out_of_bounds"]
