"""Gives every process that runs tests a database of its own; see ``databases.py``."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from tests import databases

from tanhui.config.environment import environment

RUN_KEY = pytest.StashKey[databases.Run]()
HELD_KEY = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    run = databases.begin()
    config.stash[RUN_KEY] = run
    if not hasattr(config, "workerinput"):
        config.stash[HELD_KEY] = databases.hold(run)
    environment.cache_clear()
    settings.DATABASES["default"].clear()
    settings.DATABASES["default"].update(run.settings(), NAME="no-test-has-asked-for-a-database")


def pytest_unconfigure(config: pytest.Config) -> None:
    if HELD_KEY in config.stash:
        databases.end(config.stash[RUN_KEY])
        os.close(config.stash[HELD_KEY])
        os.environ.pop(databases.RUN, None)


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, worker_id) -> Iterator[None]:
    """A database of this process, cloned from the run's migrated template; in place of pytest-django's own."""
    run = request.config.stash[RUN_KEY]
    with django_db_blocker.unblock():
        with run.only_one():
            if not run.has_template.exists():
                run.administer(databases.sql.SQL("CREATE DATABASE {}").format(databases.sql.Identifier(run.template)))
                connection.settings_dict["NAME"] = run.template
                call_command("migrate", verbosity=0, run_syncdb=True)
                connection.close()
                run.has_template.touch()
            connection.settings_dict["NAME"] = run.clone(worker_id)
        yield
        connection.close()
        run.drop(connection.settings_dict["NAME"])
