"""A batch prepared before those ahead of it are booked ends as if it had been prepared after them, whoever booked them."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.batches import NOW, Desk, at, ends, frame, walk

HOUR = 3600
FIRST = [walk("1", at=at(0), seconds=HOUR), walk("2", at=at(2)), walk("b", person="bert", at=at(0))]
SECOND = {
    "the same record again": (walk("1", at=at(0), seconds=HOUR), "duplicate"),
    "its id with other content": (walk("1", steps=9_000, at=at(0), seconds=HOUR), "conflict"),
    "an act that overlaps": (walk("3", at=at(0.5)), "overlap"),
    "an act before the last one": (walk("3", at=at(1)), "accepted"),
    "an act after it": (walk("3", at=at(5)), "accepted"),
    "somebody new": (walk("3", person="carl"), "accepted"),
}


def recorder(desk: Desk) -> Any:
    from tanhui.flows.record_activities import Recorder, Sender

    return Recorder(Sender(desk.terms, desk.space, "test"), desk.scheme)


@pytest.mark.parametrize("who", ["the same process", "another one"])
@pytest.mark.parametrize(("row", "end"), SECOND.values(), ids=SECOND)
def test_what_was_booked_meanwhile_counts(desk: Desk, who: str, row: Mapping[str, Any], end: str) -> None:
    mine = recorder(desk)
    prepared = mine.prepare(frame([row, walk("z", person="bert", at=at(8))]), now=NOW)
    first = mine if who == "the same process" else recorder(desk)
    first.record(first.prepare(frame(FIRST), now=NOW), now=NOW)

    recorded = mine.record(prepared, now=NOW)

    assert ends(recorded) == [end, "accepted"]
    desk.people["bert"] = int(recorded.persons[1])
    assert desk.balance("bert") == (126_000, 126_000, 2)


def test_batches_prepared_too_long_ago_are_read_anew(desk: Desk) -> None:
    mine = recorder(desk)
    old = mine.prepare(frame([walk("old", at=at(0))]), now=NOW)
    for number in range(mine.wake.longest + 1):
        mine.record(mine.prepare(frame([walk(f"n{number}", at=at(number))]), now=NOW), now=NOW)

    assert ends(mine.record(old, now=NOW)) == ["overlap"]


def test_a_chain_prepared_all_at_once_continues_the_account(desk: Desk) -> None:
    mine = recorder(desk)
    prepared = [mine.prepare(frame([walk(f"c{n}", at=at(-24 * n))]), now=NOW) for n in range(5)]

    for batch in prepared:
        recorded = mine.record(batch, now=NOW)
        assert ends(recorded) == ["accepted"]

    desk.people["anna"] = int(recorded.persons[0])
    assert desk.balance() == (5 * 63_000, 5 * 63_000, 5)
