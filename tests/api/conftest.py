"""The partners' door in this process, over the tests' database; what is booked stays, so each test has a partner of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.doors import Doorway


@pytest.fixture
def doorway(django_db_setup: None, django_db_blocker: Any) -> Iterator[Doorway]:
    with django_db_blocker.unblock(), Doorway.open() as open_door:
        yield open_door
