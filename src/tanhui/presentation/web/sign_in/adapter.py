"""Our rules for allauth's accounts: nobody signs up, the second factor is set up in time, each step is written down."""

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tanhui.flows import staff_sessions
from tanhui.presentation.web.sign_in.answers import ENROLMENT_OVER, LOCKED, client_of, refused
from tanhui.support.security.access.selectors import has_second_factor
from tanhui.support.security.access.types import Client

LONGEST_LOGIN = 64


class StaffAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody signs up."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """A name that can be nobody's is refused like a wrong password; too many tries are written down."""
        login = credentials.get("username", "")
        if len(login) > LONGEST_LOGIN:
            raise self.validation_error("username_password_mismatch")
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._failed(request, login, "too_many_tries")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password, or any password while locked, is written down."""
        locked = getattr(request, "axes_locked_out", False)
        self._failed(request, credentials.get("username", ""), "locked" if locked else "password_wrong")

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **hooks: Any) -> HttpResponse | None:
        """The password was right. Whoever has no second factor comes in only to set one up, while there is time."""
        response: HttpResponse | None = super().pre_login(request, user, **hooks)
        if response is None and not has_second_factor(user.pk):
            until = user.enrol_until  # type: ignore[attr-defined]
            if until is None or timezone.now() > until:
                clear_login(request)
                self._note(request, user, "enrolment_over", "password")
                raise ImmediateHttpResponse(refused(ENROLMENT_OVER, 403))
        elif response is not None:
            self._note(request, user, "inactive", "password")
        return response

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Every factor was right; one that failed too often meanwhile is locked out all the same."""
        if AxesProxyHandler.is_locked(request, {"username": user.get_username()}):
            clear_login(request)
            self._note(request, user, "locked", _method(request))
            request.axes_locked_out = True  # type: ignore[attr-defined]  # its middleware answers, should allauth not
            raise ImmediateHttpResponse(refused(LOCKED, 429))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **hooks: Any) -> HttpResponse:
        """Who came in is written down, and the oldest sessions beyond the limit end."""
        response: HttpResponse = super().post_login(request, user, **hooks)
        staff_sessions.welcome(user.pk, method=_method(request), client=client_of(request), now=timezone.now())
        return response

    def logout(self, request: HttpRequest) -> None:
        """Who left is written down."""
        self._note(request, request.user, "signed_out", "")
        super().logout(request)

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """A new password passes the validators and is another than the present one."""
        cleaned: str = super().clean_password(password, user=user)
        if user is not None and user.check_password(cleaned):
            raise self.validation_error("same_as_current")
        return cleaned

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """The account's own new password."""
        staff_sessions.change_password(user, password, client=client_of(context.request), now=timezone.now())

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """What touches the second factor needs a factor shown just now, except to set up the first one."""
        user = context.request.user
        if not user.is_authenticated or not has_second_factor(user.pk):
            return False
        required: bool = super().is_reauthentication_required(app=app, **more)
        return required

    def _failed(self, request: HttpRequest, login: str, event: str) -> None:
        client = client_of(request)
        staff_sessions.note_failure(login, event, method="password", client=client, now=timezone.now())

    def _note(self, request: HttpRequest, user: Any, event: str, method: str) -> None:
        staff_sessions.note_sign_in(user.pk, event, method=method, client=client_of(request), now=timezone.now())


class StaffSessions(DefaultUserSessionsAdapter):
    """Sessions that were ended from another one."""

    def end_sessions(self, sessions: Iterable[Any]) -> None:
        """Which were ended is written down, from where they were."""
        for session in sessions:
            client = Client(session.ip, session.user_agent)
            staff_sessions.note_sign_in(session.user_id, "ended", client=client, now=timezone.now())
            session.end()


def _method(request: HttpRequest) -> str:
    """How one came in: the kind of the second factor, or the password alone."""
    shown = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return next((str(step["type"]) for step in reversed(shown) if step.get("method") == "mfa"), "password")
