"""A dump of the database and what was logged say no name, phone, ID number, user id, code, token or card number."""

import logging
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.batches import at, walk
from tests.integration.persons.test_rights import all_rights, ask
from tests.persons import People, new_id_number, new_phone

CARD = "6222021234567890128"


def dump(run_of_tests: Any) -> bytes:
    """The whole database as pg_dump writes it."""
    from django.db import connection

    from tanhui.config.engine.locate import locate

    connection.ensure_connection()
    there = connection.connection.info
    where = ["--host", there.host, "--port", str(there.port)]
    command = [
        locate().program("pg_dump"),
        "--no-owner",
        *where,
        run_of_tests.address(connection.settings_dict["NAME"]),
    ]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_a_dump_and_the_logs_hold_nothing_in_clear(
    lasting_people: People, run_of_tests: Any, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    from tests.deliveries import bring, put, ride, rides

    caplog.set_level(logging.DEBUG)
    people, user = lasting_people, f"user-{new_phone()}"
    person = all_rights(people)
    people.link(person, user)
    people.desk.send(walk("w", person=user, at=at(50)))
    ask(people, person, "0" * 36, text=f"my card {CARD} was charged")
    stranger, unknown = new_phone(), f"unlinked-{new_phone()}"
    people.ask_code(stranger)
    bring(people.desk, put(tmp_path, rides(ride(1, unknown), ride(2, unknown, hour=9, metres="1"))))
    signed = people.later(minutes=3).sign_in(people.phones[person])
    gone = people.verified(name="已注销者")
    people.close(gone)

    written = dump(run_of_tests) + caplog.text.encode()

    secrets = {user, unknown, stranger, CARD, signed.token, "欧阳测试甲", "已注销者", "新名"}
    secrets |= {number for _, number in people.names.values()} | set(people.phones.values())
    assert len(secrets) > 12
    for secret in secrets:
        for form in (secret.encode(), secret.encode().hex().encode(), secret.encode("utf-16-le")):
            assert form not in written, secret
    assert b"persons_identity" in written
    assert b"httpx" in caplog.text.encode().lower(), "the calls to the provider were logged"
    assert new_id_number().encode() not in written


def test_the_dump_would_show_what_stands_in_clear(lasting_people: People, run_of_tests: Any) -> None:
    from tanhui.flows.account_state import freeze

    mark = f"reason {new_phone()}"
    freeze(lasting_people.verified(), reason=mark, actor="staff", now=lasting_people.now)

    assert mark.encode() in dump(run_of_tests)
