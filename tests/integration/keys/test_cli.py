"""`tanhui keys` and `tanhui privacy` as an operator uses them."""

import json
from dataclasses import replace

import pytest
from tests.batches import NOW
from tests.integration.cli.conftest import tanhui

from tanhui.support.security.keys.models import DataKey
from tanhui.support.security.keys.services import blind_index, open_owner, shred

__all__ = ["tanhui"]


@pytest.fixture
def people() -> None:
    for owner in (1, 2, 3):
        open_owner(owner, now=NOW)
    shred(3, now=NOW)
    blind_index("t.c", "x")


def test_status_as_json(tanhui, people):
    found = tanhui("keys", "status", "--json").json

    assert found == {
        "suite": "international", "algorithms": "AES-256-GCM, SHA-256, Ed25519", "sm2_available": True,
        "provider": "local", "versions": [1], "shredded": 1,
        "wrappings": [{"provider": "local", "version": 1, "data_keys": 2, "index_keys": 1}], "sealed": found["sealed"],
    }  # fmt: skip


def test_status_makes_no_keyring(tanhui, keyring):
    assert tanhui("keys", "status", "--json").json["versions"] == []
    assert not keyring.exists()


def test_status_for_people(tanhui, people):
    answer = tanhui("keys", "status")

    assert (answer.code, answer.err) == (0, "")
    assert "AES-256-GCM" in answer.out


def test_rotation_and_dropping(tanhui, people):
    assert tanhui("keys", "drop", 1).code == 0  # nothing is older than the first
    assert tanhui("keys", "rotate").code == 0
    assert tanhui("keys", "status", "--json").json["wrappings"] == [
        {"provider": "local", "version": 2, "data_keys": 2, "index_keys": 1}
    ]

    assert tanhui("keys", "drop", 2).code == 0

    assert tanhui("keys", "status", "--json").json["versions"] == [2]
    assert tanhui("keys", "rotate", "--continue").code == 0
    assert tanhui("keys", "status", "--json").json["versions"] == [2]


def test_a_version_in_use_is_refused(tanhui, people, settings):
    from tanhui.support.security.keys.installation import installation

    installation().provider.add_version()
    answer = tanhui("keys", "drop", 2)

    assert answer.code == 1
    assert "[provider_key_in_use]" in answer.err


def test_a_tampered_key_ends_the_rotation_with_1(tanhui, people):
    DataKey.objects.filter(owner=2).update(wrapped=bytes(DataKey.objects.get(owner=1).wrapped))

    answer = tanhui("keys", "rotate")

    assert answer.code == 1
    assert answer.err.rstrip().endswith(": 2")


def test_a_switch_of_suites(tanhui, people, settings):
    settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, suite="national")

    assert tanhui("keys", "resuite").code == 0

    found = tanhui("keys", "status", "--json").json
    assert (found["suite"], found["versions"]) == ("national", [1, 2])


def test_a_suite_that_is_none_is_refused(tanhui, settings):
    settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, suite="rot13")

    answer = tanhui("keys", "status", "--json")

    assert (answer.code, json.loads(answer.out)["refused"]) == (1, "cipher_suite")


def test_the_register_of_personal_data(tanhui):
    found = {f"{row['app']}.{row['model']}.{row['field']}": row for row in tanhui("privacy", "register", "--json").json}

    assert found["ledger.Posting.person_id"]["kind"]["code"] == "pseudonym"
    assert found["ledger.Posting.occurred_at"]["purpose"]["code"] == "account"
    assert "ledger.Batch.id" not in found
    assert len(tanhui("privacy", "register", "--all", "--json").json) > len(found)
    assert "ledger.Balance.blocked" in tanhui("privacy", "register").out
