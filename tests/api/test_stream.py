"""NDJSON in, NDJSON out: line by line in order, in bounded memory, and the last line says that it is all."""

import gzip
import json
from datetime import UTC, datetime, timedelta

from tests.api.doors import NDJSON, ends


def lines(events) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in events)


def told(answer):
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def test_each_line_is_answered_in_its_order_and_the_last_says_how_all_ended(doorway):
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    events = [doorway.event(subject=f"p{n % 50}", at=begin + timedelta(hours=n // 50)) for n in range(4_500)]
    events[7]["data"]["distance_km"] = "1e9"
    body = lines(events).replace(lines([events[9]]), b"not json\n\n")
    *results, last = told(doorway.post(gzip.compress(body), NDJSON, {"content-encoding": "gzip"}))
    assert len(results) == 4_500
    assert [one["id"] for one in results[:11]] == [one["id"] for one in events[:9]] + ["", events[10]["id"]]
    assert ends(results[7:10]) == ["out_of_bounds", "accepted", "unreadable_row"]
    assert last["counts"] == {"accepted": 4_498, "duplicate": 0, "conflict": 0, "refused": 2}
    assert last["complete"] is True
    again = told(doorway.post(lines(events[:3]), NDJSON))
    assert ends(again[:3]) == ["duplicate"] * 3
    assert again[-1]["counts"]["duplicate"] == 3


def test_a_stream_that_breaks_off_says_so_and_keeps_what_was_booked(doorway):
    events = [doorway.event() for _ in range(2)]
    body = lines(events) + b"x" * 70_000 + b"\n"
    last = told(doorway.post(body, NDJSON))[-1]
    assert (last["complete"], last["problem"]["code"]) == (False, "too_large")
    whole = gzip.compress(lines(events))
    assert told(doorway.post(whole[:20], NDJSON, {"content-encoding": "gzip"}))[-1]["complete"] is False
    assert told(doorway.post(b"", NDJSON))[-1]["complete"] is True
