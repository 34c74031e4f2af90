"""Who acts, told to the database, which writes it into every event of the trail."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg import pq

_NAMES = ("actor", "reason", "request")
_TELL = "SELECT " + ", ".join(f"set_config('tanhui.{name}', %s, %s)" for name in _NAMES)
_ASK = "SELECT " + ", ".join(f"coalesce(current_setting('tanhui.{name}', true), '')" for name in _NAMES)


@contextmanager
def acting_as(actor: str, *, reason: str = "", request: str = "") -> Iterator[None]:
    """Within, what is written is written by `actor` (`staff 3 li.na`), for that reason, on that request.

    Holds for this thread's connection, in and around transactions; contexts may stand in one another. Called within a
    transaction, it is forgotten with it at the latest.
    """
    connection.ensure_connection()
    within = connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(_ASK)
        before = cursor.fetchone()
        cursor.execute(_TELL, _told((actor, reason, request), local=within))
    try:
        yield
    finally:
        # In a transaction that failed nothing can be told any more, and need not be: its settings go with it.
        if connection.connection is not None and _usable():
            with connection.cursor() as cursor:
                cursor.execute(_TELL, _told(before, local=within))


def act_as(actor: str, *, request: str) -> None:
    """From here on this connection is the actor's (or this transaction, within one): for a program that serves one alone."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, _told((actor, "", request), local=connection.in_atomic_block))


def _usable() -> bool:
    status = connection.connection.info.transaction_status
    return status in {pq.TransactionStatus.IDLE, pq.TransactionStatus.INTRANS} and not connection.needs_rollback


def _told(values: tuple[str, str, str], *, local: bool) -> list[str | bool]:
    return [part for value in values for part in (value, local)]
