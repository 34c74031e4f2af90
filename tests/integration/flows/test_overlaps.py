"""One act is booked once, whoever sends it: what overlaps in time with an act of the same person and behavior is refused."""

from typing import Any

import pytest
from tests.batches import Desk, at, ends, pay, postings_of, walk

HOUR = 3600


@pytest.mark.parametrize(
    ("begins", "seconds", "refused"),
    [
        (0, HOUR, True),  # the same
        (0.5, HOUR, True),  # begins before the other ends
        (-0.5, HOUR, True),  # ends after the other begins
        (0.25, 60, True),  # within
        (-1, 3 * HOUR, True),  # around
        (0.5, 0, True),  # a moment within
        (0, 0, True),  # the moment it begins
        (1, HOUR, False),  # begins when the other ends
        (-1, HOUR, False),  # ends when the other begins
        (1, 0, False),  # the moment it ends
        (-24 * 30, HOUR, False),
    ],
)
@pytest.mark.parametrize("how", ["in one batch", "in two batches"])
def test_acts_of_one_partner_that_overlap(desk: Desk, begins: float, seconds: int, refused: bool, how: str) -> None:
    first, second = walk("1", at=at(), seconds=HOUR), walk("2", at=at(begins), seconds=seconds)

    if how == "in one batch":
        found = ends(desk.send(first, second))
    else:
        found = ends(desk.send(first)) + ends(desk.send(second))

    assert found == ["accepted", "overlap" if refused else "accepted"]
    assert len(postings_of(desk.terms.id)) == (1 if refused else 2)


def test_a_moment_twice_is_one_act(desk: Desk) -> None:
    assert ends(desk.send(walk("1"), walk("2"))) == ["accepted", "overlap"]


def test_the_first_in_the_batch_stands_and_not_the_earliest(desk: Desk) -> None:
    recorded = desk.send(
        walk("1", at=at(1), seconds=HOUR), walk("2", at=at(0.5), seconds=HOUR), walk("3", at=at(0), seconds=HOUR)
    )

    assert ends(recorded) == ["accepted", "overlap", "accepted"]  # what is refused is in nobody's way


def test_the_same_act_from_another_partner_is_booked_already(desk: Desk) -> None:
    desk.send(walk("1", seconds=HOUR))
    other = desk.beside()

    recorded = other.send(walk("x", at=at(0.5), seconds=HOUR), walk("y", at=at(2)))

    assert ends(recorded) == ["already_booked", "accepted"]
    assert desk.balance() == (126_000, 126_000, 2)
    assert len(postings_of(other.terms.id)) == 1


def test_an_act_in_another_space_of_user_ids_is_another_persons(desk: Desk) -> None:
    desk.send(walk("1", seconds=HOUR))

    assert ends(Desk.open(desk.scheme).send(walk("1", seconds=HOUR))) == ["accepted"]


@pytest.mark.parametrize(
    "second",
    [walk("2", person="bo"), {"id": "2", "behavior": 17, "region": "310000", "distance_km": 2000}, pay("2")],
    ids=["another person", "another behavior", "not exclusive"],
)
def test_what_another_does_or_one_does_besides_does_not_overlap(desk: Desk, second: dict[str, Any]) -> None:
    desk.send(walk("1", seconds=HOUR))

    assert ends(desk.send(second)) == ["accepted"]


def test_behaviors_that_are_not_exclusive_may_happen_at_once(desk: Desk) -> None:
    assert ends(desk.send(pay("1"), pay("2"), pay("3"))) == ["accepted"] * 3
    assert ends(desk.send(pay("4"))) == ["accepted"]
    assert desk.balance() == (1920, 1920, 4)


def test_what_may_happen_at_once_is_still_one_act_when_two_partners_send_it(desk: Desk) -> None:
    desk.send(pay("1"))

    assert ends(desk.beside().send(pay("1"), pay("2", at=at(1)))) == ["already_booked", "accepted"]
    assert desk.balance() == (960, 960, 2)


def test_an_earlier_act_sent_later_is_compared_too(desk: Desk) -> None:
    desk.send(walk("1", at=at(-48), seconds=HOUR))
    desk.send(walk("2", at=at(0), seconds=HOUR))

    late = desk.send(walk("3", at=at(-47.5), seconds=60), walk("4", at=at(-24), seconds=HOUR))

    assert ends(late) == ["overlap", "accepted"]


@pytest.mark.parametrize("days", [1, 31])
def test_an_act_of_many_days_excludes_the_days_within(desk: Desk, days: int) -> None:
    desk.send(walk("1", at=at(-24 * 45), seconds=32 * 24 * HOUR))

    assert ends(desk.send(walk("2", at=at(-24 * (45 - days))))) == ["overlap"]


def test_a_long_act_excludes_others_although_a_later_and_shorter_one_was_booked_since(desk: Desk) -> None:
    desk.send(walk("long", at=at(-24 * 20), seconds=24 * 10 * HOUR))
    desk.send(walk("short", at=at(-24 * 5), seconds=60))

    assert ends(desk.send(walk("within", at=at(-24 * 15)))) == ["overlap"]


def test_a_withdrawn_act_is_in_nobodys_way(desk: Desk) -> None:
    from uuid import UUID

    from tanhui.flows.correct_activity import correct_activity

    (key,) = desk.send(walk("1", seconds=HOUR)).keys
    correct_activity(UUID(bytes=key.tobytes()), reason="wrong", actor="tester", replace=None, now=at(24 * 50))

    assert ends(desk.send(walk("2", at=at(0.5), seconds=HOUR))) == ["accepted"]
    assert desk.balance()[0] == 63_000


def test_the_same_act_from_two_partners_is_booked_once(desk: Desk) -> None:
    desk.send(pay("p1"))
    desk.beside().send(pay("p1"))

    assert desk.balance()[0] == 480
