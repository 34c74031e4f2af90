"""`tanhui partner`: a partner added, its keys issued, replaced and revoked, from the command line."""

import json
import os
import subprocess
import sys

import pytest
from tests.api.doors import MASTER


@pytest.fixture
def tanhui(django_db_setup, run_of_tests, worker_id):
    address = run_of_tests.address(run_of_tests.database(worker_id))
    environment = os.environ | {"TANHUI_DATABASE_URL": address, "TANHUI_PERSON_KEY": MASTER.hex(), "LC_ALL": "C.UTF-8"}

    def run(*arguments: str, status: int = 0):
        command = [
            sys.executable,
            "-c",
            "from tanhui.config.console import main; main()",
            "--lang",
            "en",
            "partner",
            *arguments,
        ]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout) if "--json" in arguments else done.stdout + done.stderr

    return run


def test_from_a_partner_to_a_key_that_is_revoked(tanhui):
    name = f"shell-{os.getpid()}"
    tanhui("add", name, "--from", "2026-01-01", "--json")
    assert "partner_known" in tanhui("add", name, status=1)
    issued = tanhui("key", "issue", name, "--live", "--json")
    assert (issued["mode"], len(issued["secret"])) == ("live", 43)
    newer = tanhui("key", "rotate", issued["key"], "--json")
    tanhui("key", "revoke", newer["key"])
    assert "key_ended" in tanhui("key", "rotate", newer["key"], status=1)
    assert "public_key_missing" in tanhui("key", "issue", name, "--kind", "ed25519", status=1)
    keys = [one for one in tanhui("list", "--json") if one["partner"] == name]
    assert [(one["key"], one["opens"]) for one in keys] == [(issued["key"], True), (newer["key"], False)]
    assert issued["secret"] not in json.dumps(keys)
