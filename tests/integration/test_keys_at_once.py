"""Many who open a person's key, or a field's index, at the same time all have the same one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from tests.batches import NOW, query

from tanhui.support.security.keys.services import blind_index, open_owner, seal, unseal

FIELD = "t.at_once"
ANNA, MANY = 51, 6
TABLES = ("keys_data_key", "keys_index_key")
EMPTY = "ALTER TABLE {0} DISABLE TRIGGER USER; DELETE FROM {0}; ALTER TABLE {0} ENABLE TRIGGER USER"


@pytest.fixture(autouse=True)
def keyring(django_db_setup: None, django_db_blocker: Any, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A keyring of this test's own, and no keys of others: the owner sets those aside, past the triggers, and puts them back."""
    path = tmp_path / "keyring.json"
    settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, keyring=path, provider="local", suite="international")
    with django_db_blocker.unblock():
        as_owner(*(f"CREATE TABLE aside_{table} AS TABLE {table}" for table in TABLES), *map(EMPTY.format, TABLES))
        yield path
        as_owner(
            *map(EMPTY.format, TABLES),
            *(f"INSERT INTO {table} SELECT * FROM aside_{table}" for table in TABLES),
            *(f"DROP TABLE aside_{table}" for table in TABLES),
        )
        connections.close_all()


def as_owner(*statements: str) -> None:
    with connections["owner"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def at_once(action: Callable[[], bytes]) -> list[bytes]:
    """What many threads answer, begun at the same time, each on a connection of its own."""
    begin = Barrier(MANY)

    def run(_: int) -> bytes:
        begin.wait()
        try:
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(run, range(MANY)))


def open_and_seal() -> bytes:
    open_owner(ANNA, now=NOW)
    return seal(ANNA, FIELD, "Anna")


def test_a_person_has_one_key():
    blobs = at_once(open_and_seal)

    assert [row["owner"] for row in query("SELECT owner FROM keys_data_key")] == [ANNA]
    assert [unseal(ANNA, FIELD, blob) for blob in blobs] == ["Anna"] * MANY


def test_a_field_has_one_index():
    assert len(set(at_once(lambda: blind_index(FIELD, "Anna")))) == 1
    assert [row["field"] for row in query("SELECT field FROM keys_index_key")] == [FIELD]


def test_a_keyring_is_made_once(keyring):
    at_once(open_and_seal)

    assert keyring.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in keyring.parent.iterdir()} == {"keyring.json", "keyring.lock"}
