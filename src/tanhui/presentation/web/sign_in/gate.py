"""The gate before allauth: what of its API is here at all, and how far a password alone opens it.

A view that no line names is not here: sign-up, addresses, codes by mail and whatever a later version of allauth may bring.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tanhui.core.text import Text
from tanhui.presentation.web.sign_in.answers import LAST_FACTOR, NOT_HERE, UNREADABLE, refused
from tanhui.presentation.web.sign_in.bodies import is_readable
from tanhui.support.security.access.selectors import has_second_factor, other_second_factors
from tanhui.support.security.access.sessions import open_session
from tanhui.support.security.access.types import SignInIncomplete, SignInNeeded

ANYBODY = {
    "headless:app:config",
    "headless:app:account:login",
    "headless:app:account:current_session",
    "headless:app:mfa:authenticate",
    "headless:app:mfa:authenticate_webauthn",
    "headless:app:mfa:login_webauthn",
}
"""Who asks need not be signed in."""

PASSWORD_ALONE = {
    "headless:app:account:reauthenticate",
    "headless:app:mfa:reauthenticate",
    "headless:app:mfa:reauthenticate_webauthn",
    "headless:app:mfa:authenticators",
    "headless:app:mfa:manage_totp",
    "headless:app:mfa:manage_webauthn",
}
"""Needed to set up the second factor, and to show it."""

SIGNED_IN = {
    "headless:app:account:change_password",
    "headless:app:mfa:manage_recovery_codes",
    "headless:app:usersessions:sessions",
}
"""Only with the second factor shown."""

FACTORS = {"headless:app:mfa:manage_totp": "totp", "headless:app:mfa:manage_webauthn": "webauthn"}
_INCOMPLETE = SignInIncomplete("second_factor_needed", Text("请先完成第二因素验证。", "Show the second factor first."))


class Gate:
    """Django's middleware before the views of allauth."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """The gate before what answers."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """What the views answer."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: Any, _more: Any) -> HttpResponse | None:
        """Nothing, to go on, or the refusal."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not name.startswith("headless:"):
            return None
        if not is_readable(request.body, name):
            return refused(UNREADABLE, 400)
        if name in ANYBODY:
            return None
        if name not in PASSWORD_ALONE | SIGNED_IN:
            return refused(NOT_HERE, 404)
        try:
            session = open_session(request.headers.get("x-session-token", ""), now=timezone.now())
        except SignInNeeded as needed:
            return refused(needed, 401)
        if not session.second_factor and (
            name in SIGNED_IN or (name in FACTORS and has_second_factor(session.staff.pk))
        ):
            return refused(_INCOMPLETE, 403)
        if request.method == "DELETE" and name in FACTORS and not other_second_factors(session.staff.pk, FACTORS[name]):
            return refused(LAST_FACTOR, 409)
        return None
