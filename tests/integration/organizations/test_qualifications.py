"""A qualification that runs out: a reminder once per threshold, suspension, and the way back by another document."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.batches import at, ends, query, walk, whole
from tests.integration.organizations.test_records_of_partners import desk_of
from tests.onboarding import live_partner, operations, staff

from tanhui.core.refusal import Refusal
from tanhui.flows import onboard_organization as onboard
from tanhui.flows.review_qualifications import review_qualifications
from tanhui.participants.organizations.types import Due

NOTHING = Due((), (), ())


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 4, 0, tzinfo=UTC)


def run(month: int, day: int, **more: Any) -> Due:
    return review_qualifications(operations(), now=noon(month, day), **more)


def test_from_the_first_reminder_to_the_way_back():
    partner = live_partner(until=date(2026, 6, 30))
    code = partner.code
    desk = desk_of(partner)

    assert run(4, 30) == NOTHING  # 61 days left
    assert run(5, 1).reminded == ((code, "business_licence", 60),)
    assert run(5, 1) == NOTHING
    assert run(5, 30) == NOTHING  # 31
    assert run(5, 31).reminded == ((code, "business_licence", 30),)
    assert run(6, 1) == NOTHING
    assert run(6, 25).reminded == ((code, "business_licence", 5),)
    assert run(6, 29) == NOTHING
    assert ends(desk.send(walk("a"), now=noon(6, 29))) == ["accepted"]

    assert run(6, 30) == Due((), ((code, "qualification"),), ())
    assert run(6, 30) == NOTHING
    assert partner.state == "suspended"
    assert ends(desk.send(walk("b", at=at(2)), now=noon(6, 30))) == ["not_live"]

    partner.shows(until=date(2027, 6, 30), now=noon(7, 2))
    assert partner.state == "live"
    assert ends(desk.send(walk("b", at=at(2)), now=noon(7, 2))) == ["accepted"]
    assert run(7, 2) == NOTHING
    assert [(row["to_state"], row["cause"]) for row in _way(partner.id)][-2:] == [
        ("suspended", "qualification"),
        ("live", ""),
    ]


def _way(number: int) -> list[dict[str, Any]]:
    return query(
        "SELECT to_state, cause FROM participants_organization_step WHERE organization_id = %s ORDER BY id", [number]
    )


def test_looked_at_late_it_reminds_once_of_the_tightest_threshold():
    partner = live_partner(until=date(2026, 6, 30))
    assert run(6, 27).reminded == ((partner.code, "business_licence", 3),)
    assert run(6, 28) == NOTHING
    assert [row["days"] for row in query("SELECT days FROM participants_reminder")] == [7]


def test_other_thresholds():
    live_partner(until=date(2026, 6, 30))
    assert run(4, 1, thresholds=(90,)).reminded[0][2] == 90
    assert run(4, 1, thresholds=(90,)) == NOTHING


def test_a_document_already_renewed_is_not_reminded_of():
    partner = live_partner(until=date(2026, 6, 30))
    partner.shows(until=date(2027, 6, 30))
    assert run(6, 25) == NOTHING
    assert run(7, 1) == NOTHING
    assert partner.state == "live"


def test_a_document_without_end_is_not_reminded_of():
    live_partner(until=None)
    assert run(12, 31) == NOTHING


def test_a_new_document_returned_does_not_bring_back():
    partner = live_partner(until=date(2026, 6, 30))
    run(6, 30)
    number = partner.hands_in(until=date(2027, 6, 30), now=noon(7, 1))
    onboard.review_document(staff(2, "reviewer"), number, accepted=False, reason="blurred", now=noon(7, 1))
    assert partner.state == "suspended"


def test_an_agreement_that_is_over_suspends_and_a_new_version_brings_back():
    partner = live_partner(term_until=date(2026, 6, 1))
    assert run(5, 31) == NOTHING
    assert run(6, 1).suspended == ((partner.code, "agreement"),)
    partner.agrees(term_from=date(2026, 6, 1), now=noon(6, 2))
    assert partner.state == "live"


def test_what_the_operator_suspended_only_the_operator_brings_back():
    partner = live_partner(until=date(2026, 6, 30))
    onboard.suspend(operations(), partner.code, reason="inspection", now=noon(4, 1))
    partner.shows(until=date(2027, 6, 30), now=noon(4, 2))
    assert run(4, 3) == NOTHING
    assert partner.state == "suspended"
    onboard.go_live(operations(), partner.code, now=noon(4, 4))
    assert partner.state == "live"


def test_suspended_it_does_not_go_live_without_its_papers():
    partner = live_partner(until=date(2026, 6, 30))
    run(6, 30)
    before = whole()
    with pytest.raises(Refusal) as refused:
        onboard.go_live(operations(), partner.code, now=noon(7, 1))
    assert refused.value.code == "documents_missing"
    assert "business licence" in refused.value.text.en
    assert "营业执照" in refused.value.text.zh
    assert whole() == before


def test_not_for_everybody():
    before = whole()
    with pytest.raises(Refusal, match="operator:organization:suspend"):
        review_qualifications(staff(9, "analyst"), now=noon(6, 30))
    assert whole() == before
