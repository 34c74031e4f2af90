"""What a partner may send: while it is live, and what its agreement takes in."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.batches import CYCLING, NOW, WALKING, Desk, credited, ends, outcomes, pay, postings_of, walk, whole
from tests.onboarding import Newcomer, live_partner, operations

from tanhui.flows import onboard_organization as onboard


def desk_of(partner: Newcomer, *, now: Any = NOW) -> Desk:
    from tanhui.participants.organizations.days import scheme_day
    from tanhui.participants.organizations.selectors import partner_terms

    desk = Desk.open()
    found = partner_terms(partner.code, on=scheme_day(now))
    assert found is not None
    desk.terms = found
    return desk


def test_a_live_partner_is_booked():
    desk = desk_of(live_partner())
    sent = desk.send(walk("a"))
    assert (ends(sent), credited(sent)) == (["accepted"], [63_000])


@pytest.mark.parametrize("state", ["sandbox", "conformant", "suspended", "ended"])
def test_one_that_is_not_live_is_refused_and_nothing_changes(state):
    partner = Newcomer.applies()
    partner.shows()
    partner.agrees()
    partner.passes(passed=state != "sandbox")
    if state in {"suspended", "ended"}:
        partner.goes_live()
    if state == "suspended":
        onboard.suspend(operations(), partner.code, reason="test", now=NOW)
    if state == "ended":
        onboard.end(operations(), partner.code, reason="test", now=NOW)
    desk = desk_of(partner)
    before = whole()
    sent = desk.send(walk("a"), walk("b"))
    assert ends(sent) == ["not_live", "not_live"]
    assert whole() == before
    assert sent.verdicts.reasons[0].text.zh
    assert sent.verdicts.reasons[0].text.en.startswith("The partner is ")


def test_suspended_while_a_batch_was_made_ready():
    from tests.batches import frame

    from tanhui.flows.record_activities import Recorder, Sender

    partner = live_partner()
    desk = desk_of(partner)
    recorder = Recorder(Sender(desk.terms, desk.space, "test"), desk.scheme)
    booked = recorder.record(recorder.prepare(frame([walk("a")]), now=NOW), now=NOW)
    prepared = recorder.prepare(frame([walk("a"), walk("b")]), now=NOW)
    onboard.suspend(operations(), partner.code, reason="test", now=NOW)
    assert ends(booked) == ["accepted"]
    assert ends(recorder.record(prepared, now=NOW)) == ["duplicate", "not_live"]
    assert len(postings_of(desk.terms.id)) == 1


def test_let_in_again_it_is_booked():
    partner = live_partner()
    desk = desk_of(partner)
    onboard.suspend(operations(), partner.code, reason="test", now=NOW)
    assert ends(desk.send(walk("a"))) == ["not_live"]
    onboard.go_live(operations(), partner.code, now=NOW + timedelta(hours=1))
    assert ends(desk.send(walk("a"))) == ["accepted"]


def test_a_behavior_outside_of_the_agreement():
    desk = desk_of(live_partner(fields=("steps", "count", "distance_km")))
    sent = desk.send(walk("a"), pay("b"), walk("c", behavior=CYCLING))
    assert ends(sent) == ["accepted", "not_agreed", "not_agreed"]
    assert outcomes(sent) == ["accepted", "refused", "refused"]
    assert sent.verdicts.reasons[1].field == "behavior"
    assert sent.verdicts.reasons[1].text.zh == "行为 34不在与合作方的协议范围内。"
    assert sent.verdicts.reasons[1].text.en == "Behavior 34 is outside of the agreement with the partner."
    assert [row["behavior"] for row in postings_of(desk.terms.id)] == [WALKING]


@pytest.mark.parametrize(
    ("agreed", "region", "ended"),
    [
        ("440300", "440300", "accepted"), ("440300", "440305", "accepted"), ("440000", "440305", "accepted"), ("440300", "440100", "not_agreed"),
        ("440300", "CN", "not_agreed"), ("CN-SOUTH", "440305", "accepted"), ("440300", "990000", "unknown_region"),
    ],
)  # fmt: skip
def test_a_region_takes_in_what_lies_in_it(agreed, region, ended):
    desk = desk_of(live_partner(regions=(agreed,)))
    assert ends(desk.send(walk("a", region=region))) == [ended]


def test_a_field_outside_of_the_agreement():
    desk = desk_of(live_partner())
    sent = desk.send(walk("a"), walk("b", count=1))
    assert ends(sent) == ["accepted", "not_agreed"]
    assert sent.verdicts.reasons[1].field == "count"


def test_outside_of_the_term():
    desk = desk_of(live_partner(term_from=date(2026, 1, 6), term_until=date(2026, 3, 2)))
    assert ends(desk.send(walk("a"), walk("b", at=NOW - timedelta(days=1)))) == ["before_agreement", "accepted"]


def test_a_later_version_counts_from_its_first_day_on():
    partner = live_partner()
    partner.agrees(behaviors=(WALKING, 34), fields=("steps", "count"), term_from=date(2026, 3, 3))
    assert ends(desk_of(partner).send(pay("a"))) == ["not_agreed"]
    later = NOW + timedelta(days=2)
    assert ends(desk_of(partner, now=later).send(pay("a"), now=later)) == ["accepted"]


def test_a_key_opens_what_is_agreed_for_that_day():
    from tanhui.flows.partner_keys import issue_credentials
    from tanhui.participants.credentials.selectors import stored_key

    partner = live_partner()
    key = issue_credentials(partner.code, kind="secret", live=True, master=b"m" * 32, now=NOW)
    partner.agrees(behaviors=(WALKING, 34), fields=("steps", "count"), term_from=date(2026, 3, 3))

    scopes = [stored_key(key.code, on=day).terms.scope.behaviors for day in (date(2026, 3, 2), date(2026, 3, 3))]
    assert scopes == [{WALKING}, {WALKING, 34}]


def test_a_file_partner_is_as_before():
    desk = Desk.open()
    assert (desk.terms.organization, desk.terms.state, desk.terms.consent) == (None, "live", "partner")
    assert ends(desk.send(walk("a"), pay("b"))) == ["accepted", "accepted"]
