"""Transactions: one tried again when another writer was there in between, and one that is taken back at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import DatabaseError, transaction
from psycopg import errors

from tanhui.support.columns.cursor import Crowded

Answer = TypeVar("Answer")
MOST_TRIES = 10
_IN_BETWEEN = (errors.SerializationFailure, errors.DeadlockDetected)


def in_transaction(work: Callable[[], Answer]) -> Answer:
    """What `work` answers, done in one transaction, all or nothing. Raises `Crowded` when it could not be done in ten tries."""
    for attempt in range(MOST_TRIES):
        try:
            return _once(work)
        except Crowded:
            if attempt == MOST_TRIES - 1:
                raise
    raise AssertionError


def _once(work: Callable[[], Answer]) -> Answer:
    try:
        with transaction.atomic():
            return work()
    except DatabaseError as problem:
        if isinstance(problem.__cause__, _IN_BETWEEN):
            raise Crowded from problem
        raise


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done within is done in one transaction, and undone at its end: a dry run."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
