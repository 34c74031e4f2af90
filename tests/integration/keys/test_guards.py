"""What the database itself refuses of keys, whoever asks; and what the application's role may change."""

from collections.abc import Iterator

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError, IntegrityError
from tests.batches import NOW, query

from tanhui.support.security.keys.services import blind_index, open_owner, shred

ANNA, BO = 91, 92


@pytest.fixture
def rows(db: None) -> Iterator[None]:
    open_owner(0, now=NOW)
    open_owner(ANNA, now=NOW)
    open_owner(BO, now=NOW)
    shred(BO, now=NOW)
    blind_index("t.c", "x")
    before = query("SELECT * FROM keys_data_key ORDER BY owner")
    yield
    assert query("SELECT * FROM keys_data_key ORDER BY owner") == before


def refused(statement: str) -> DatabaseError:
    with pytest.raises(DatabaseError) as problem, transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(statement)
    return problem.value


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM keys_data_key", "TRUNCATE keys_data_key", "DELETE FROM keys_index_key", "TRUNCATE keys_index_key",
        f"UPDATE keys_data_key SET owner = 1000 WHERE owner = {ANNA}", "UPDATE keys_data_key SET created_at = now()",
        "UPDATE keys_index_key SET suite = 2",
    ],
)  # fmt: skip
def test_the_application_has_no_right_to(rows, statement):
    assert "permission denied" in str(refused(statement))


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE keys_data_key SET wrapped = 'x', shredded_at = NULL WHERE owner = {BO}",
        f"UPDATE keys_data_key SET shredded_at = now() WHERE owner = {BO}",
    ],
)
def test_a_tombstone_stays_one(rows, statement):
    assert refused(statement).__cause__.sqlstate == "TH021"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE keys_data_key SET wrapped = NULL WHERE owner = {ANNA}",
        f"UPDATE keys_data_key SET shredded_at = now() WHERE owner = {ANNA}",
        "UPDATE keys_data_key SET wrapped = NULL, shredded_at = now() WHERE owner = 0",
        "INSERT INTO keys_data_key (owner, wrapped, provider, provider_version, created_at) VALUES (-1, 'x', 'p', 1, now())",
        "INSERT INTO keys_data_key (owner, provider, provider_version, created_at) VALUES (5, 'p', 1, now())",
    ],
)
def test_a_row_has_a_key_or_is_a_tombstone(rows, statement):
    assert isinstance(refused(statement), IntegrityError)


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("table", ["keys_data_key", "keys_index_key"])
@pytest.mark.parametrize("verb", ["DELETE FROM", "TRUNCATE"])
def test_not_even_the_owner_removes_keys(table, verb):
    with connections["owner"].cursor() as cursor:
        if verb == "DELETE FROM":  # a row trigger wants a row
            cursor.execute(
                "INSERT INTO keys_data_key (owner, wrapped, provider, provider_version, created_at) VALUES (7, 'x', 'p', 1, now())"
            )
            cursor.execute("INSERT INTO keys_index_key VALUES ('t.other', 'x', 'p', 1, 1)")
    with pytest.raises(DatabaseError) as problem, connections["owner"].cursor() as cursor:
        cursor.execute(f"{verb} {table}")
    assert problem.value.__cause__.sqlstate == "TH020"
