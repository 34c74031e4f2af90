"""Sessions of staff: the token that names one, who is signed in by it, and when it is over.

The token carries a signature under the installation's secret, so that the keys of sessions in a copy of the database open
nothing. The session's rows are Django's (`django_session`) and allauth's (`usersessions_usersession`).
"""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.core.internal.sessionkit import get_session_user
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.signing import BadSignature, Signer

from tanhui.core.text import Text
from tanhui.support.security.access.limits import ABSOLUTE, IDLE, SEEN_EVERY, SESSIONS
from tanhui.support.security.access.models import SignIn, Staff
from tanhui.support.security.access.types import SignInNeeded

_SIGNER = "tanhui.access.session"
_UNKNOWN = Text("未登录或会话已失效，请重新登录。", "You are not signed in, or no longer; sign in anew.")
_EXPIRED = Text("会话已超时，请重新登录。", "The session has timed out; sign in anew.")


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Who is signed in, and whether a second factor was shown in this session."""

    staff: Staff
    second_factor: bool


def token_of(key: str) -> str:
    """The token that names the session of that key."""
    return Signer(salt=_SIGNER).sign(key)


def key_of(token: str) -> str | None:
    """The key of the session that the token names, or None when it is none of ours."""
    try:
        return Signer(salt=_SIGNER).unsign(token)
    except BadSignature:
        return None


def is_over(key: str, *, now: datetime) -> bool:
    """Whether the session has lasted too long, or was idle too long; then it is ended. One in use is seen now."""
    row = UserSession.objects.filter(session_key=key).first()
    if row is None:
        return False
    if now - row.last_seen_at > IDLE or now - row.created_at > ABSOLUTE:
        row.end()
        SignIn.objects.create(
            at=now, staff_id=row.user_id, event="timed_out", method="", address=row.ip, agent=row.user_agent[:200]
        )
        return True
    if now - row.last_seen_at >= SEEN_EVERY:
        UserSession.objects.filter(pk=row.pk).update(last_seen_at=now)
    return False


def open_session(token: str, *, now: datetime) -> OpenSession:
    """Who is signed in by that token. Raises `SignInNeeded` when nobody is: unknown, signed out, disabled or timed out."""
    key = key_of(token)
    if key is None:
        raise SignInNeeded("session_unknown", _UNKNOWN)
    if is_over(key, now=now):
        raise SignInNeeded("session_expired", _EXPIRED)
    store = SessionStore(session_key=key)
    staff = get_session_user(store)
    if not isinstance(staff, Staff) or not UserSession.objects.filter(session_key=key).exists():
        raise SignInNeeded("session_unknown", _UNKNOWN)
    methods = store.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return OpenSession(staff, second_factor=any(method.get("method") == "mfa" for method in methods))


def end_sessions(staff: int) -> int:
    """Ends every session of that account; how many there were."""
    return _end(list(UserSession.objects.filter(user_id=staff)))


def end_oldest_sessions(staff: int) -> int:
    """Ends the account's oldest sessions beyond as many as it may have at once; how many."""
    return _end(list(UserSession.objects.filter(user_id=staff).order_by("-created_at", "-id")[SESSIONS:]))


def forget_over(*, now: datetime) -> None:
    """Deletes what is left of sessions that nobody can be in any more, and of sign-ins that were never finished."""
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.filter(created_at__lt=now - ABSOLUTE).delete()


def _end(sessions: list[UserSession]) -> int:
    for session in sessions:
        session.end()
    return len(sessions)
