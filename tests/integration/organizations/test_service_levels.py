"""Service levels, with values worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.batches import NOW, Desk, walk
from tests.integration.organizations.test_records_of_partners import desk_of
from tests.onboarding import live_partner, operations, staff

from tanhui.core.refusal import Refusal
from tanhui.flows.service_levels import Promise, service_levels
from tanhui.support.ledger.measures import Deliveries

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 8)


def levels(desk: Desk, since: date = FIRST, until: date = LAST, *, by: Any = None) -> Any:
    return service_levels(by or operations(), desk.terms.code, since=since, until=until)


def quarantined(desk: Desk, reason: str, many: int, *, at: datetime = NOW) -> None:
    from tanhui.steps.collect.models import QuarantinedRow

    QuarantinedRow.objects.bulk_create(
        QuarantinedRow(
            key=uuid4(), partner_id=desk.terms.id, run_id=1, mapping="m", row=number, outcome="refused", reason=reason, detail_zh="",
            detail_en="", raw="{}", created_at=at,
        )
        for number in range(many)
    )  # fmt: skip


def test_delay_refusals_and_corrections():
    from tanhui.flows.correct_activity import correct_activity

    partner = live_partner(delay_p95_s=1800, refused_permille=231, corrected_permille=99)
    desk = desk_of(partner)
    # ten walks 100, 200 … 1,000 seconds before they are booked, the longest one an hour
    delays = [100, 200, 300, 400, 500, 600, 700, 800, 900, 3600]
    sent = desk.send(
        *(walk(f"w{n}", steps=100, person=f"p{n}", at=NOW - timedelta(seconds=s)) for n, s in enumerate(delays))
    )
    assert sent.verdicts.counts()["accepted"] == 10
    quarantined(desk, "out_of_bounds", 2)
    quarantined(desk, "bad_date", 1)
    quarantined(desk, "bad_date", 5, at=NOW - timedelta(days=1))  # before the period
    correct_activity(UUID(bytes=sent.keys[0].tobytes()), reason="wrong", actor="test", replace=None, now=NOW)

    found = levels(desk)

    assert found.delivered == Deliveries(10, 1, 500, 3600, 3600)
    assert found.refused == {"out_of_bounds": 2, "bad_date": 1}
    assert found.promises == (
        Promise("delay_p95_s", 1800, 3600, kept=False), Promise("refused_permille", 231, 231, kept=True),  # 3 of 13: 230.8
        Promise("corrected_permille", 99, 100, kept=False),
    )  # fmt: skip


def test_nothing_booked_nothing_measured():
    desk = desk_of(live_partner(delay_p95_s=1800))
    found = levels(desk)
    assert found.delivered == Deliveries(0, 0, None, None, None)
    assert found.promises[0] == Promise("delay_p95_s", 1800, None, kept=None)
    assert found.anomalies == ()


def test_a_file_partner_has_promised_nothing():
    desk = Desk.open()
    desk.send(walk("a", at=NOW - timedelta(seconds=60)))
    assert levels(desk).promises == (
        Promise("delay_p95_s", None, 60, kept=None), Promise("refused_permille", None, 0, kept=None),
        Promise("corrected_permille", None, 0, kept=None),
    )  # fmt: skip


def test_the_period_is_of_local_days():
    desk = Desk.open()
    midnight = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)  # of March 2 in Shanghai
    desk.send(walk("a", at=midnight - timedelta(hours=1)), now=midnight)
    assert levels(desk, date(2026, 3, 1), date(2026, 3, 2)).delivered.records == 0
    assert levels(desk, date(2026, 3, 2), date(2026, 3, 3)).delivered.records == 1


def test_a_day_out_of_the_ordinary():
    desk = Desk.open()
    for week in range(5, 0, -1):
        before = NOW - timedelta(weeks=week)
        desk.send(walk(f"w{week}", at=before - timedelta(hours=1)), now=before)
    desk.send(*(walk(f"n{n}", steps=100, person=f"p{n}", at=NOW - timedelta(hours=1)) for n in range(7)), now=NOW)
    # median 1, all alike, so one record is the measure: 0.6745 * 6 = 4.047
    (found,) = levels(desk).anomalies
    assert (found.day, found.volume, found.usual, found.score) == (FIRST, 7, Fraction(1), Fraction(40_470, 10_000))


def test_for_the_partner_itself_and_for_no_other():
    partner = live_partner()
    desk = desk_of(partner)
    assert levels(desk, by=staff(7, "partner_viewer", organization=partner.id)).partner == partner.code
    for who in (staff(7, "partner_viewer", organization=partner.id + 1), staff(7, "methodologist")):
        with pytest.raises(Refusal, match="operator:service_level:read"):
            levels(desk, by=who)


def test_no_partner_and_no_period():
    desk = Desk.open()
    with pytest.raises(Refusal) as refused:
        service_levels(operations(), "nobody", since=FIRST, until=LAST)
    assert refused.value.code == "partner_unknown"
    with pytest.raises(Refusal) as refused:
        levels(desk, LAST, LAST)
    assert refused.value.code == "period_empty"
