"""What a test may rely on: a database of its own process, and nothing left by the test before."""

import fcntl
import os
import tempfile

import pytest
from django.db import connection, connections
from tests import databases


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_writes_is_gone_in_the_next(turn):
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE written_by_a_test AS SELECT 1 AS n")
        cursor.execute("SELECT count(*) FROM written_by_a_test")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_the_database_is_this_process_own(worker_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0]
    assert name.startswith("tanhui_run_")
    assert name.endswith(f"_{worker_id}")


@pytest.mark.django_db
def test_statements_are_bound_and_prepared_on_the_server():
    with connection.cursor() as cursor:
        for n in range(3):
            cursor.execute("SELECT %s::int", [n])
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1::int'")
        assert cursor.fetchone() == (1,)


def test_a_run_that_is_just_beginning_is_not_cleared_as_one_that_was_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run = databases.Run(directory=tmp_path / f"{databases.PREFIX}new", url=None)
    run.directory.mkdir()
    lock = fcntl.flock

    def lock_late(*arguments):
        monkeypatch.setattr(fcntl, "flock", lock)
        databases.clear_left_behind()  # another run begins just before this one has its lock
        lock(*arguments)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    held = databases.hold(run)
    databases.clear_left_behind()
    assert run.directory.exists()

    os.close(held)
    databases.clear_left_behind()
    assert not run.directory.exists()
