"""Gives every process that runs tests a database of its own; see ``databases.py``."""

import os
from collections.abc import Iterator

import pytest
from tests import databases

from tanhui.config.prepare import prepare

RUN_KEY = pytest.StashKey[databases.Run]()
HELD_KEY = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    run = config.stash[RUN_KEY] = databases.begin()
    if not hasattr(config, "workerinput"):
        config.stash[HELD_KEY] = databases.hold(run)
    databases.use(run)


def pytest_unconfigure(config: pytest.Config) -> None:
    if HELD_KEY in config.stash:
        databases.end(config.stash[RUN_KEY])
        os.close(config.stash[HELD_KEY])
        os.environ.pop(databases.RUN, None)


@pytest.fixture(scope="session")
def run_of_tests(request) -> databases.Run:
    """The run, for tests that need a further database."""
    return request.config.stash[RUN_KEY]


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, worker_id) -> Iterator[None]:
    """A database of this process, cloned from the run's migrated template; in place of pytest-django's own."""
    run = request.config.stash[RUN_KEY]
    with django_db_blocker.unblock():
        name = run.clone(worker_id)
        databases.name_database(name)
        prepare()  # finds nothing to do, here and whenever a test comes to it
        yield
        databases.name_database("dropped")
        run.drop(name)
