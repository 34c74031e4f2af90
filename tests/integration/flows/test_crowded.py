"""Accounts that others are at without end: a refusal that says what to do, and the same command again goes on."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.batches import Desk, pay, whole
from tests.deliveries import bring, counts, put, ride, rides

from tanhui.core.refusal import Refusal


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Any:
    """From the batch of that number on, another writer is always there first: how often it was tried."""
    from tanhui.flows import record_activities
    from tanhui.support.columns.cursor import Crowded

    booked, tries, post = count(1), count(1), record_activities.post_batch

    def begin(*, batch: int) -> Any:
        def post_batch(*arguments: Any) -> int:
            number = post(*arguments)
            if next(booked) >= batch:
                next(tries)
                raise Crowded
            return number

        monkeypatch.setattr(record_activities, "post_batch", post_batch)
        return tries

    return begin


def test_a_batch_that_never_gets_through_is_refused_and_nothing_of_it_is_booked(desk: Desk, crowd: Any) -> None:
    before, tries = whole(), crowd(batch=1)

    with pytest.raises(Refusal) as refusal:
        desk.send(pay("1"))

    assert (refusal.value.code, next(tries)) == ("crowded", 11)
    assert "again" in refusal.value.get("en")
    assert whole() == before


def test_a_file_goes_on_where_it_was_refused(
    desk: Desk, crowd: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tanhui.flows import ingest_file

    monkeypatch.setattr(ingest_file, "RECORDS_PER_BATCH", 2)
    path = put(tmp_path, rides(*(ride(n, f"u{n}") for n in range(5)), ride(9, metres="x")))
    crowd(batch=2)
    with pytest.raises(Refusal, match="Run the same command again"):
        bring(desk, path)
    monkeypatch.undo()

    assert counts(bring(desk, path)) == (6, 3, 2, 0, 1)


def test_the_command_ends_with_status_1_and_says_so(tanhui: Any, crowd: Any, tmp_path: Path) -> None:
    crowd(batch=1)

    answer = tanhui("ingest", "bikes", put(tmp_path, rides(ride(1))))

    assert answer.code == 1
    assert "[crowded]" in answer.err
