"""Transactions: one tried again when another writer was there in between, and one that is taken back at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import DatabaseError, transaction
from psycopg import errors

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.columns.cursor import Crowded

Answer = TypeVar("Answer")
MOST_TRIES = 10
CROWDED = "crowded"
_IN_BETWEEN = (errors.SerializationFailure, errors.DeadlockDetected)


def in_transaction(work: Callable[[], Answer]) -> Answer:
    """What `work` answers, done in one transaction, all or nothing.

    Raises `Refusal` (`crowded`) when other writers were in between ten times; then nothing was done.
    """
    for _ in range(MOST_TRIES):
        try:
            return _once(work)
        except Crowded as problem:
            last = problem
    raise Refusal(
        CROWDED,
        Text(
            "其他进程正在写入同一批账户，本步未入账；请重新运行同一命令，已入账的会被识别。",
            "Others are writing to these accounts; nothing was booked in this step. Run the same command again: what is in the "
            "books already is found.",
        ),
    ) from last


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
