"""A dump of the database and the logs give no plaintext away; and the search that says so finds one however it is written."""

import base64
import hashlib
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError
from tests import databases
from tests.batches import NOW
from tests.leaks import leaks_in, leaks_in_database, leaks_in_files

from tanhui.core.refusal import Refusal
from tanhui.support.security.keys.installation import installation
from tanhui.support.security.keys.services import blind_index, new_key, open_owner, seal, shred, unseal

NAME, NUMBER, PHONE, CARD = "欧阳安娜", "11010519491231002X", "13812345678", "6222021234567890123"
PLAINTEXTS = (NAME, NUMBER, PHONE, CARD)
ANNA = 81


@pytest.fixture(scope="module")
def table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A table of sealed fields, there before any test's transaction begins."""
    with django_db_blocker.unblock():
        with connections["owner"].cursor() as cursor:
            cursor.execute("CREATE TABLE cards (id int PRIMARY KEY, text bytea, index bytea UNIQUE, note text)")
        yield
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP TABLE cards")


def write(number: int, **values: Any) -> None:
    names = ", ".join(["id", *values])
    marks = ", ".join(["%s"] * (len(values) + 1))
    with connections["default"].cursor() as cursor:
        cursor.execute(f"INSERT INTO cards ({names}) VALUES ({marks})", [number, *values.values()])


def test_what_is_sealed_and_indexed_is_in_no_dump_and_no_log(table, caplog, run_of_tests: databases.Run):
    caplog.set_level(logging.DEBUG)
    open_owner(ANNA, now=NOW, key=new_key(ANNA))
    for number, text in enumerate(PLAINTEXTS):
        write(number, text=seal(ANNA, "cards.text", text), index=blind_index("cards.text", text))
    with pytest.raises(DatabaseError), transaction.atomic():  # whose row the server's log repeats
        write(9, text=seal(ANNA, "cards.text", NAME), index=blind_index("cards.text", NAME))
    for refused in (
        lambda: unseal(ANNA, "cards.other", seal(ANNA, "cards.text", NAME)),
        lambda: seal(7, "cards.text", NAME),
    ):
        with pytest.raises(Refusal) as refusal:
            refused()
        logging.getLogger("tanhui").error("refused", exc_info=refusal.value)
    shred(ANNA, now=NOW)

    logs = [run_of_tests.home / "postgresql" / "server.log"] if run_of_tests.url is None else []
    assert leaks_in_database(PLAINTEXTS) == []
    assert leaks_in("log", caplog.text, PLAINTEXTS) == []
    assert leaks_in_files(logs, PLAINTEXTS) == []


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ({"note": f"for {NAME}"}, "text"),
        ({"note": NUMBER.lower()}, "text"),
        ({"text": PHONE.encode()}, "hex"),
        ({"text": NAME.encode("utf-16-le")}, "utf-16 hex"),
        ({"note": json.dumps({"name": NAME})}, "json"),
        ({"note": "/persons?name=%E6%AC%A7%E9%98%B3%E5%AE%89%E5%A8%9C"}, "address"),
        ({"note": base64.b64encode(f"{CARD}".encode()).decode()}, "base64 +0"),
        ({"note": base64.b64encode(f"x{CARD}y".encode()).decode()}, "base64 +1"),
        ({"note": base64.b64encode(f"xy{CARD}zz".encode()).decode()}, "base64 +2"),
        ({"text": hashlib.sha256(PHONE.encode()).digest()}, "sha256"),
        ({"note": hashlib.md5(PHONE.encode()).hexdigest().upper()}, "md5"),
    ],
)
def test_a_plaintext_is_found_however_it_is_written(table, values, form):
    assert leaks_in_database(PLAINTEXTS) == []
    write(1, **values)

    assert form in {leak.form for leak in leaks_in_database(PLAINTEXTS)}
    assert {leak.place for leak in leaks_in_database(PLAINTEXTS)} == {"public.cards"}


def test_what_is_too_short_is_not_looked_for():
    with pytest.raises(AssertionError, match="too short"):
        leaks_in("log", "1", ["1"])


def test_no_key_is_printed():
    key = new_key(ANNA)
    printed = f"{key!r} {installation()!r} {installation().provider._file.read()!r}"

    assert key.plain.hex() not in printed
    assert repr(key.plain) not in printed
    assert all(master.hex() not in printed and repr(master) not in printed for master in master_keys())


def master_keys() -> list[bytes]:
    return list(installation().provider._file.read().keys.values())
