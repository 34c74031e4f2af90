"""Members of staff for tests, who sign in over HTTP as people do."""

import struct
import time
from base64 import b32decode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha1
from hmac import digest
from typing import Any

from django.test import Client
from django.utils import timezone

ROOT = "/_allauth/app/v1/"
PASSWORD = "Correct-horse-7-battery"


@dataclass
class Browser:
    """A client program of one member of staff: its session's token, and the last answer."""

    client: Client
    token: str = ""
    address: str = "10.0.0.7"

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"x-session-token": self.token} if self.token else {}
        answer = self.client.generic(
            method, ROOT + path, data=_json(body), content_type="application/json", headers=headers,
            REMOTE_ADDR=self.address,
        )  # fmt: skip
        if answer.headers["content-type"] == "application/json":
            self.token = answer.json().get("meta", {}).get("session_token") or self.token
        return answer

    def password(self, login: str, password: str = PASSWORD) -> Any:
        return self.call("POST", "auth/login", {"username": login, "password": password})

    def code(self, code: str) -> Any:
        return self.call("POST", "auth/2fa/authenticate", {"code": code})

    def enrol(self) -> str:
        """Sets up TOTP in the session of a password alone, and shows a code of it; its secret."""
        secret = self.call("GET", "account/authenticators/totp").json()["meta"]["secret"]
        assert self.call("POST", "account/authenticators/totp", {"code": totp(secret)}).status_code == 200
        assert self.call("POST", "auth/2fa/reauthenticate", {"code": totp(secret)}).status_code == 200
        return str(secret)


def _json(body: dict[str, Any] | None) -> str:
    import json

    return "" if body is None else json.dumps(body)


def totp(secret: str, *, step: int = 0) -> str:
    """The code of now, or of `step` half minutes later (RFC 6238); of one that is not about to end, as no other is taken."""
    left = 30 - time.time() % 30
    if left < 3:
        time.sleep(left)
    hashed = digest(b32decode(secret), struct.pack(">Q", int(time.time()) // 30 + step), sha1)
    start = hashed[-1] & 15
    return f"{(int.from_bytes(hashed[start : start + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


def add_staff(login: str, *roles: str, audience: Any = "operator", organization: int | None = None) -> str:
    """An account with these roles (`role@region`), made by the platform; its first password."""
    from tanhui.flows.manage_staff import add_staff as add
    from tanhui.support.security.access.types import platform

    given = tuple((role.partition("@")[0], role.partition("@")[2]) for role in roles)
    return add(
        platform(), login=login, name=login.title(), audience=audience, organization=organization, language="en",
        roles=given, now=timezone.now(),
    )  # fmt: skip


def settled(login: str, *roles: str, **of: Any) -> tuple[Browser, str]:
    """Somebody all set: signed in, with TOTP and a password of their own; and the secret of the TOTP."""
    first = add_staff(login, *roles, **of)
    browser = Browser(Client())
    assert browser.password(login, first).status_code == 200
    secret = browser.enrol()
    changed = browser.call("POST", "account/password/change", {"current_password": first, "new_password": PASSWORD})
    assert changed.status_code == 200, changed.content
    return browser, secret


def token_of_somebody(login: str, *roles: str, **of: Any) -> str:
    """The token of a session of somebody all set, made without HTTP: for tests of what comes after the sign-in."""
    from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
    from allauth.usersessions.models import UserSession
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tanhui.support.security.access.models import Staff
    from tanhui.support.security.access.sessions import token_of

    add_staff(login, *roles, **of)
    staff = Staff.objects.get(login=login)
    Staff.objects.filter(pk=staff.pk).update(password_expires_at=timezone.now() + timedelta(days=90))
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password"}, {"method": "mfa", "type": "totp"}]
    session.create()
    UserSession.objects.create(user=staff, session_key=session.session_key, ip="10.0.0.7", user_agent="tests")
    return token_of(str(session.session_key))


def token_of_each_role() -> dict[str, str]:
    """For each role that people may have, the token of somebody who holds it alone: `somebody.<role>`."""
    from tanhui.support.security.access.roles import ROLES, STAFFED, staff_roles

    tokens = {}
    for audience in STAFFED:
        for number, role in enumerate(staff_roles(audience), start=1):
            organization = None if audience == "operator" else number
            given = f"{role}@440300" if ROLES[role].by_region else role
            tokens[role] = token_of_somebody(f"somebody.{role}", given, audience=audience, organization=organization)
    return tokens
