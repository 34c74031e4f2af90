"""A transaction tried again when another writer was there in between."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from tanhui.support.columns.cursor import Crowded

Answer = TypeVar("Answer")
MOST_TRIES = 10


def in_transaction(work: Callable[[], Answer]) -> Answer:
    """What `work` answers, done in one transaction, all or nothing. Raises `Crowded` when it could not be done in ten tries."""
    for attempt in range(MOST_TRIES):
        try:
            with transaction.atomic():
                return work()
        except Crowded:
            if attempt == MOST_TRIES - 1:
                raise
    raise AssertionError
