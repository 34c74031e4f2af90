"""An ingest killed at any moment and started again ends with the same books as one that nobody disturbed."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from tests.conftest import RUN_KEY
from tests.databases import FAST
from tests.deliveries import put, ride, rides

from tanhui.config.engine import embedded
from tanhui.config.engine.database import parse_url

KILLS = 12
RECORDS = 20
PROGRAM = f"""
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tanhui.config.settings")
import django
django.setup()
from tanhui.flows import ingest_file
ingest_file.RECORDS_PER_BATCH = {RECORDS}
from tanhui.config.console import main
main()
"""
BOOKS = {
    "accounts": "SELECT subject, reduction_mg, available_milli, postings, last_ended_at FROM ledger_balance "
    "JOIN participants_person_link USING (person_id)",
    "postings": "SELECT key, subject, sequence, content, occurred_at, quantity_1, reduction_mg, credited_mg, points_milli, capped_by "
    "FROM ledger_posting JOIN participants_person_link USING (person_id)",
    "persons": "SELECT count(*) FROM participants_person",
    "kept": "SELECT row, outcome, reason, field, detail_zh, raw::text, state FROM collect_quarantined_row",
    "entries": "SELECT unit, account, sum(amount)::bigint FROM ledger_entry GROUP BY unit, account",
}


def file(folder: Path) -> Path:
    """Rides of 9 persons, with repeated, changed, overlapping, refused and capped ones among them."""
    dice = random.Random(7)
    lines = []
    for number in range(1200):
        user, day, hour = f"u{dice.randrange(9)}", dice.randint(1, 28), dice.randint(0, 23)
        lines.append(ride(number, user, day=day, hour=hour, metres=dice.choice(["2000", "3500", "1", "x", "200000"])))
        if dice.random() < 0.1:
            lines.append(dice.choice(lines))
        if dice.random() < 0.05:
            lines.append(lines[-1].replace("121.5", "121.6").replace(",15", ",16"))
    return put(folder, rides(*lines))


class Database:
    """A database of its own, beside those of the tests."""

    def __init__(self, run: Any, name: str) -> None:
        self.run, self.name = run, run.clone(name)
        if run.url is None:
            self.parameters = embedded.ensure_running(run.home, settings=FAST).connection(self.name)
        else:
            self.parameters = parse_url(run.url) | {"dbname": self.name}
        self.connection = psycopg.connect(**self.parameters, autocommit=True)

    def ingest(self, path: Path) -> "subprocess.Popen[bytes]":
        given = "&".join(
            f"{name}={quote(str(value), safe='')}" for name, value in self.parameters.items() if name != "dbname"
        )
        environment = os.environ | {
            "TANHUI_DATABASE_URL": f"postgresql:///{self.name}?{given}", "TANHUI_PERSON_KEY": "7f" * 32, "PYTHONPATH": "src",
        }  # fmt: skip
        command = [sys.executable, "-c", PROGRAM, "ingest", "bikes", str(path), "--mapping", "mobike-rides", "--json"]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def one(self, statement: str) -> Any:
        row = self.connection.execute(statement).fetchone()
        assert row is not None
        return row[0]

    def books(self) -> dict[str, list[Any]]:
        return {name: sorted(map(repr, self.connection.execute(select))) for name, select in BOOKS.items()}

    def drop(self) -> None:
        self.connection.close()
        self.run.drop(self.name)


@pytest.fixture
def databases(request: pytest.FixtureRequest, worker_id: str) -> Iterator[list[Database]]:
    run = request.config.stash[RUN_KEY]
    made = [Database(run, f"{worker_id}_{name}") for name in ("whole", "killed")]
    yield made
    for database in made:
        database.drop()


def test_killed_again_and_again_it_ends_with_the_same_books(databases: list[Database], tmp_path: Path) -> None:
    whole, killed = databases
    path, dice = file(tmp_path), random.Random()

    undisturbed = whole.ingest(path)
    assert undisturbed.wait(60) == 0, undisturbed.communicate()[1].decode()
    books = whole.books()
    seconds = whole.one("SELECT extract(epoch FROM max(finished_at - started_at))::float FROM collect_feed_run")
    progress = [0]
    for number in range(KILLS):
        child = killed.ingest(path)
        while killed.one("SELECT count(*) FROM collect_feed_run") <= number and child.poll() is None:
            time.sleep(0.01)
        time.sleep(dice.uniform(0, seconds / KILLS * 3))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        progress.append(killed.one("SELECT count(*) FROM ledger_posting"))

    last = killed.ingest(path)
    assert last.wait(60) == 0, last.communicate()[1].decode()
    assert killed.books() == books
    assert progress == sorted(progress)
    assert progress[1] < whole.one("SELECT count(*) FROM ledger_posting"), "the first was killed on its way"
    assert killed.one("SELECT count(*) FROM ledger_balance WHERE postings = 0") == 0


def test_two_programs_at_the_same_file_book_it_once(databases: list[Database], tmp_path: Path) -> None:
    whole, both = databases
    path = file(tmp_path)
    assert whole.ingest(path).wait(60) == 0

    children = [both.ingest(path) for _ in range(2)]

    assert [child.wait(60) for child in children] == [0, 0]
    same = {"accounts", "persons", "entries"}
    one, other = whole.books(), both.books()
    assert {name: one[name] for name in same} == {name: other[name] for name in same}
