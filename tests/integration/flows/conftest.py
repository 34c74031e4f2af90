"""A desk in a transaction that is taken back after the test, and the command line."""

import pytest
from tests.batches import Desk
from tests.integration.cli.conftest import tanhui

__all__ = ["tanhui"]


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk.open()
