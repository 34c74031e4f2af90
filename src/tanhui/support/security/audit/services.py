"""Keeping the trail: sealing what is there, and letting go what is older than six months."""

import time
from datetime import datetime

from django.db import DatabaseError, connections, transaction
from psycopg import errors

from tanhui.support.security.audit.types import TooYoung, TrailBusy

MOST_TRIES, PAUSE_S = 20, 0.05
_TOO_YOUNG = "TH011"


def seal_events() -> int | None:
    """The number of a new seal over all events not sealed yet, or None when there are none. Waits a second for writers.

    Raises `TrailBusy`. Not to be called within a transaction.
    """
    for attempt in range(MOST_TRIES):
        try:
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute("SELECT audit_seal_events()")
                (number,) = cursor.fetchone()
                return None if number is None else int(number)
        except DatabaseError as problem:
            if not isinstance(problem.__cause__, errors.LockNotAvailable):
                raise
            if attempt < MOST_TRIES - 1:
                time.sleep(PAUSE_S)
    raise TrailBusy


def prune_events(*, before: datetime, actor: str, reason: str) -> int:
    """How many events were let go: whole seals, the oldest first, of which every event is older than `before`.

    Done as the database's owner; the application has no right to. Raises `TooYoung` for what is not six months old.
    """
    try:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT set_config('tanhui.actor', %s, true), set_config('tanhui.reason', %s, true)", [actor, reason]
            )
            cursor.execute("SELECT audit_prune(%s)", [before])
            return int(cursor.fetchone()[0])
    except DatabaseError as problem:
        if getattr(problem.__cause__, "sqlstate", None) == _TOO_YOUNG:
            raise TooYoung from problem
        raise
    finally:
        connections["owner"].close()
