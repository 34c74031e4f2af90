"""Staff signed in: whom a session's token stands for, and what is written down of a sign-in."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from tanhui.core.text import Text
from tanhui.support.security.access import services
from tanhui.support.security.access.selectors import actor_of, staff_of
from tanhui.support.security.access.sessions import end_oldest_sessions, forget_over, open_session
from tanhui.support.security.access.types import Actor, Client, SignInIncomplete


def staff_actor(token: str, *, now: datetime) -> Actor:
    """The member of staff whose session that token names, with the roles held now.

    Raises `SignInNeeded` (401) when nobody is signed in by it, `SignInIncomplete` (403) when the second factor was not shown
    or the password has to be changed first.
    """
    session = open_session(token, now=now)
    if not session.second_factor:
        text = Text("请先完成第二因素验证。", "Show the second factor first.")
        raise SignInIncomplete("second_factor_needed", text)
    if session.staff.password_expires_at <= now:
        raise SignInIncomplete(
            "password_expired", Text("密码已到期，请先修改。", "The password is over; change it first.")
        )
    return actor_of(session.staff)


def note_sign_in(staff: int | None, event: str, *, method: str = "", client: Client, now: datetime) -> None:
    """Writes one step of a sign-in to its log."""
    services.record_sign_in(staff=staff, event=event, method=method, client=client, now=now)


def note_failure(login: str, event: str, *, method: str = "", client: Client, now: datetime) -> None:
    """Writes a failure to the log, under the account of that name when there is one; the name itself is not kept."""
    note_sign_in(staff_of(login), event, method=method, client=client, now=now)


def welcome(staff: int, *, method: str, client: Client, now: datetime) -> None:
    """Writes down who came in, ends the account's oldest sessions beyond its limit, and clears away what is over."""
    note_sign_in(staff, "signed_in", method=method, client=client, now=now)
    if end_oldest_sessions(staff):
        note_sign_in(staff, "oldest_ended", client=client, now=now)
    forget_over(now=now)


def change_password(staff: AbstractBaseUser, password: str, *, client: Client, now: datetime) -> None:
    """The account's own new password; its other sessions end with the old one."""
    with transaction.atomic():
        services.change_own_password(staff, password, now=now)
        note_sign_in(staff.pk, "password_changed", client=client, now=now)
