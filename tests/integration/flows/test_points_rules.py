"""Reductions become points by the rule in force on the day of the act: rate, dated multipliers, caps, expiry."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.batches import NOW, Desk, at, pay, postings_of, unbalanced, walk

WHY = {"zh": "活动", "en": "campaign"}


@pytest.fixture
def rule(db: None) -> Any:
    """Makes the scheme convert by these rules, and says the desk."""

    def use(*documents: dict[str, Any]) -> Desk:
        from tanhui.flows.scheme import Scheme
        from tanhui.steps.points.rules import approve_rule, stored_rules
        from tanhui.steps.quantify.library import library

        numbers = {approve_rule(document, now=NOW) for document in documents}
        rules = [row for row in stored_rules() if row[0] in numbers]
        return Desk.open(Scheme(library(), rules, b"k" * 32))

    return use


def document(version: int = 1, **more: Any) -> dict[str, Any]:
    plain = {
        "schema": "tanhui/points-rule/1", "code": "test", "version": version, "valid": {"from": "2000-01-01"},
        "rate": {"points": "1", "per_g": "1"}, "expiry": {"kind": "never"}, "claw_back": "negative", "approved_by": "test",
    }  # fmt: skip
    return plain | more


def points(recorded: Any) -> list[int]:
    return [int(milli) for milli in recorded.points_milli]


def test_the_rate_is_exact_and_rounded_down_once_per_record(rule: Any) -> None:
    desk = rule(document(rate={"points": "1", "per_g": "3"}))

    assert points(desk.send(walk("1", 1), walk("2", 2, at=at(1)), walk("3", at=at(2)))) == [2, 4, 21_000]


def test_a_rate_so_large_that_machine_numbers_would_not_hold_it(rule: Any) -> None:
    desk = rule(document(rate={"points": "100000000000", "per_g": "7"}))

    assert points(desk.send(walk("1"))) == [63_000 * 100_000_000_000 // 7]


def test_multipliers_hold_from_their_first_day_until_the_day_after_their_last(rule: Any) -> None:
    double = {"factor": "2", "why": WHY, "from": "2026-01-06", "until": "2026-01-07"}
    desk = rule(document(multipliers=[double]))

    recorded = desk.send(*(walk(str(n), at=at(hour)) for n, hour in enumerate((15.99, 16, 39.99, 40))))

    assert points(recorded) == [63_000, 126_000, 126_000, 63_000]


def test_multipliers_that_fit_multiply_together_and_round_once(rule: Any) -> None:
    desk = rule(document(multipliers=[
        {"factor": "1/3", "why": WHY, "behaviors": [16]}, {"factor": "3", "why": WHY}, {"factor": "1/7", "why": WHY, "behaviors": [34]},
    ]))  # fmt: skip

    recorded = desk.send(walk("1", 1), pay("2"))

    assert recorded.credited_mg.tolist() == [6, 480]
    assert points(recorded) == [6, 205]  # 6 x 1/3 x 3, and 480 x 3/7


def test_multipliers_may_be_for_a_partner_or_a_level_of_evidence(rule: Any) -> None:
    desk = rule(document(multipliers=[{"factor": "5", "why": WHY, "evidence": "meter"}]))

    assert points(desk.send(walk("1"), walk("2", at=at(1), evidence="meter"))) == [63_000, 315_000]

    other = rule(document(2, multipliers=[{"factor": "5", "why": WHY, "partners": ["someone-else"]}]))
    assert points(other.send(walk("1"))) == [63_000]


@pytest.mark.parametrize("sizes", [[4], [1, 1, 1, 1], [2, 2]])
def test_a_cap_on_points_cuts_the_points_and_not_the_grams(rule: Any, sizes: list[int]) -> None:
    desk = rule(document(caps=[{"per": "day", "points": "150"}]))
    rows = [walk("1"), walk("2", at=at(1)), pay("3"), walk("4", at=at(2))]

    found = []
    for size in sizes:
        found += points(desk.send(*rows[:size]))
        rows = rows[size:]

    assert found == [63_000, 63_000, 480, 23_520]
    assert desk.balance() == (189_480, 150_000, 4)
    assert [p["capped_by"] for p in postings_of(desk.terms.id)] == [0, 0, 0, 3]
    assert unbalanced() == []


def test_a_cap_on_points_of_one_behavior_leaves_the_others(rule: Any) -> None:
    desk = rule(document(caps=[{"per": "day", "points": "100", "behavior": 16}, {"per": "day", "points": "101"}]))

    recorded = desk.send(walk("1", 20_000), pay("2"), pay("3"), pay("4"))

    assert points(recorded) == [100_000, 480, 480, 40]


def test_the_rule_in_force_on_the_day_of_the_act_converts_it(rule: Any) -> None:
    old = document(1, valid={"from": "2000-01-01", "until": "2026-01-06"})
    new = document(2, valid={"from": "2026-01-06"}, rate={"points": "2", "per_g": "1"})
    desk = rule(old, new)

    recorded = desk.send(walk("1", at=at(15.99)), walk("2", at=at(16)))

    assert points(recorded) == [63_000, 126_000]
    assert len({p["rule_id"] for p in postings_of(desk.terms.id)}) == 2


def test_of_two_rules_in_force_the_one_that_began_last_converts(rule: Any) -> None:
    desk = rule(document(1), document(2, valid={"from": "2026-01-06"}, rate={"points": "2", "per_g": "1"}))

    assert points(desk.send(walk("1", at=at(15.99)), walk("2", at=at(16)))) == [63_000, 126_000]


def test_when_no_rule_is_in_force_grams_are_credited_and_no_points(rule: Any) -> None:
    desk = rule(document(valid={"from": "2026-01-06"}))

    recorded = desk.send(walk("1"))

    (posting,) = postings_of(desk.terms.id)
    assert (recorded.credited_mg.tolist(), points(recorded)) == ([63_000], [0])
    assert (posting["rule_id"], posting["expires_on"]) == (0, date(9999, 12, 31))


@pytest.mark.parametrize(
    ("expiry", "day"),
    [
        ({"kind": "never"}, date(9999, 12, 31)),
        ({"kind": "days", "count": 30}, date(2026, 3, 3)),
        ({"kind": "end_of_month", "count": 0}, date(2026, 3, 1)),
        ({"kind": "end_of_month", "count": 1}, date(2026, 4, 1)),
        ({"kind": "end_of_month", "count": 11}, date(2027, 2, 1)),
        ({"kind": "end_of_year", "count": 0}, date(2027, 1, 1)),
        ({"kind": "end_of_year", "count": 2}, date(2029, 1, 1)),
    ],
)
def test_points_expire_as_the_rule_says_counted_from_the_day_of_booking(
    rule: Any, expiry: dict[str, Any], day: date
) -> None:
    desk = rule(document(expiry=expiry))

    desk.send(walk("1"), now=datetime(2026, 1, 31, 16, tzinfo=UTC))  # the first of February in Shanghai

    assert [p["expires_on"] for p in postings_of(desk.terms.id)] == [day]


def test_a_rule_in_use_does_not_change(rule: Any) -> None:
    from tanhui.core.refusal import Refusal
    from tanhui.steps.points.rules import approve_rule, stored_rules

    rule(document())
    before = stored_rules()

    with pytest.raises(Refusal) as refusal:
        approve_rule(document(rate={"points": "2", "per_g": "1"}), now=NOW)

    assert refusal.value.code == "rule_changed"
    assert stored_rules() == before
