"""A desk in a transaction that is taken back after the test."""

import pytest
from tests.batches import Desk


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk.open()
