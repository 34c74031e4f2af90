"""A database of a module's own, for what must be committed and would stay: staff accounts, seals, events grown old."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from tests import databases


@pytest.fixture(scope="module")
def apart(
    django_db_setup: None, django_db_blocker: Any, run_of_tests: databases.Run, request: Any, worker_id: str
) -> Iterator[None]:
    before, name = (
        connection.settings_dict["NAME"],
        run_of_tests.clone(f"{worker_id}_{request.module.__name__.rsplit('.', 1)[-1]}"),
    )
    databases.name_database(name)
    with django_db_blocker.unblock():
        yield
    databases.name_database(before)
    run_of_tests.drop(name)
