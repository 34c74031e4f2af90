"""After a switch of suites everything sealed is sealed anew, once, by persons' own keys; shredded blobs stay what they are."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections
from tests.batches import NOW, query

from tanhui.flows import reseal_fields as flow
from tanhui.flows.reseal_fields import reseal_fields
from tanhui.support.security.keys.selectors import blobs_by_suite
from tanhui.support.security.keys.services import blind_index, open_owner, seal, shred, unseal
from tanhui.support.security.keys.types import PLATFORM, SealedColumn, Tampered

COLUMN = SealedColumn(table="letters", column="text", key="id", owner="writer")
WRITERS = (71, 72, 73)


@pytest.fixture(scope="module")
def table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A table with a sealed column, there before any test's transaction begins."""
    with django_db_blocker.unblock():
        with connections["owner"].cursor() as cursor:
            cursor.execute("CREATE TABLE letters (id uuid PRIMARY KEY, writer bigint NOT NULL, text bytea)")
            cursor.execute("GRANT UPDATE (text) ON letters TO tanhui_app")
        yield
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP TABLE letters")


@pytest.fixture
def letters(table: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five letters by three writers and one without a text, sealed by the one suite, the installation switched to the other."""
    monkeypatch.setattr(flow, "sealed_columns", lambda: [COLUMN])
    monkeypatch.setattr(flow, "BATCH", 2)
    for writer in WRITERS:
        open_owner(writer, now=NOW)
    with connections["default"].cursor() as cursor:
        for number in range(6):
            blob = seal(writer_of(number), COLUMN.field, f"letter {number}") if number else None
            cursor.execute("INSERT INTO letters VALUES (%s, %s, %s)", [f"{number:032x}", writer_of(number), blob])
    settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, suite="national")


def writer_of(number: int) -> int:
    return WRITERS[number % 3]


def blobs() -> dict[int, bytes]:
    rows = query("SELECT id, text FROM letters WHERE text IS NOT NULL ORDER BY id")
    return {row["id"].int: bytes(row["text"]) for row in rows}


def test_everything_is_sealed_by_the_new_suite(letters):
    before = blobs()
    index = blind_index(COLUMN.field, "letter")

    done = reseal_fields()

    after = blobs()
    assert done.resealed == {"letters.text": 5}
    assert blobs_by_suite(COLUMN) == {"national": 5}
    assert {number: unseal(writer_of(number), COLUMN.field, blob) for number, blob in after.items()} == {
        number: f"letter {number}" for number in range(1, 6)
    }
    assert all(before[number] != after[number] for number in after)
    assert (done.keys.status.versions, done.keys.rewrapped) == ([1, 2], 4)
    assert blind_index(COLUMN.field, "letter") == index
    assert reseal_fields().resealed == {"letters.text": 0}
    assert blobs() == after


def test_what_the_platform_sealed_is_sealed_anew_too(letters, settings, monkeypatch):
    column = replace(COLUMN, owner=None)
    monkeypatch.setattr(flow, "sealed_columns", lambda: [column])
    switched = settings.TANHUI_KEYS
    settings.TANHUI_KEYS = replace(switched, suite="international")
    open_owner(PLATFORM, now=NOW)
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE letters SET text = %s", [seal(PLATFORM, column.field, "secret")])
    settings.TANHUI_KEYS = switched

    assert reseal_fields().resealed == {"letters.text": 6}
    assert {unseal(PLATFORM, column.field, blob) for blob in blobs().values()} == {"secret"}
    assert blobs_by_suite(column) == {"national": 6}


def test_it_goes_on_where_it_was_broken_off(letters):
    def break_off(_: str, many: int) -> None:
        if many == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reseal_fields(told=break_off)
    assert blobs_by_suite(COLUMN) == {"international": 3, "national": 2}

    assert reseal_fields().resealed == {"letters.text": 3}
    assert blobs_by_suite(COLUMN) == {"national": 5}


def test_blobs_of_the_shredded_stay(letters):
    before = blobs()
    shred(WRITERS[1], now=NOW)  # of the letters 1 and 4

    assert reseal_fields().resealed == {"letters.text": 3}

    assert {number for number, blob in blobs().items() if blob == before[number]} == {1, 4}


def test_a_blob_that_was_moved_stops_it(letters):
    with connections["default"].cursor() as cursor:
        moved = [blobs()[1], f"{2:032x}"]
        cursor.execute("UPDATE letters SET text = %s WHERE id = %s", moved)
    before = blobs()

    with pytest.raises(Tampered):
        reseal_fields()
    assert blobs() == before


def test_a_blob_written_meanwhile_is_not_overwritten(letters, monkeypatch):
    reseal = flow.reseal_blobs

    def write_meanwhile(column: SealedColumn, old: Any) -> Any:
        new = reseal(column, old)
        with connections["default"].cursor() as cursor:
            blob = seal(writer_of(1), COLUMN.field, "changed")
            cursor.execute("UPDATE letters SET text = %s WHERE id = %s", [blob, f"{1:032x}"])
        return new

    monkeypatch.setattr(flow, "reseal_blobs", write_meanwhile)

    assert reseal_fields().resealed == {"letters.text": 4}
    assert unseal(writer_of(1), COLUMN.field, blobs()[1]) == "changed"
