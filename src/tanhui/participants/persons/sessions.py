"""Sessions of persons: a token that the device keeps, its hash here, an end when idle or old, a list, and how to end them."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import QuerySet

from tanhui.participants.persons.models import Session
from tanhui.participants.persons.types import SessionLine, refused

IDLE = timedelta(days=7)
LONGEST = timedelta(days=90)
NOTED_EVERY = timedelta(minutes=1)


def begin_session(person: int, *, device: str, now: datetime) -> str:
    """The token of a new session. It is nowhere kept but on the device."""
    token = secrets.token_urlsafe(32)
    Session.objects.create(token=_hash(token), person_id=person, device=device[:60], created_at=now, seen_at=now)
    return token


def session_person(token: str, *, now: datetime) -> int:
    """Whose session this is. Raises `Refusal` `session_ended` when it was ended, left idle, grew too old, or never was."""
    row = _standing(now).filter(token=_hash(token)).first()
    if row is None:
        raise refused("session_ended")
    if now - row.seen_at >= NOTED_EVERY:
        Session.objects.filter(pk=row.pk).update(seen_at=now)
    return int(row.person_id)


def sessions_of(person: int, *, now: datetime) -> list[SessionLine]:
    """The person's sessions that stand, the latest first."""
    rows = _standing(now).filter(person_id=person).order_by("-id")
    return [SessionLine(row.pk, row.device, row.created_at, row.seen_at) for row in rows]


def end_session(token: str, *, now: datetime) -> None:
    """Signs out. A session that has ended stays ended."""
    Session.objects.filter(token=_hash(token), ended_at=None).update(ended_at=now)


def end_sessions(person: int, *, number: int | None = None, now: datetime) -> int:
    """Ends one of the person's sessions, or all of them, and says how many."""
    standing = Session.objects.filter(person_id=person, ended_at=None)
    return (standing if number is None else standing.filter(pk=number)).update(ended_at=now)


def forget_sessions(*, now: datetime) -> int:
    """Removes sessions that ended long enough ago to be of no use, and says how many."""
    removed, _ = Session.objects.filter(created_at__lt=now - 2 * LONGEST).delete()
    return removed


def _standing(now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(ended_at=None, seen_at__gt=now - IDLE, created_at__gt=now - LONGEST)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
