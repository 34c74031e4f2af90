"""People, with the provider's simulator beside them."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.persons import People, Provider, open_people, running_provider


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def people(db: None, provider: Provider) -> People:
    """In a transaction that is taken back after the test."""
    return open_people(provider)


@pytest.fixture
def lasting_people(django_db_setup: None, django_db_blocker: Any, provider: Provider) -> Iterator[People]:
    """Whose data are committed, so that every connection sees them."""
    with django_db_blocker.unblock():
        yield open_people(provider)
