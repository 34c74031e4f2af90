"""Our rules for allauth's second factors: their secrets are sealed at rest, and failing one counts as failing to sign in."""

import base64
import secrets
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from axes.handlers.proxy import AxesProxyHandler
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from tanhui.flows import staff_sessions
from tanhui.presentation.web.sign_in.answers import client_of

NONCE = 12
PURPOSE = b"tanhui second factor 1"


class SecondFactors(DefaultMFAAdapter):
    """A copy of the database does not make anybody's codes: secrets are AES-256-GCM under the installation's staff key."""

    def encrypt(self, text: str) -> str:
        """The secret sealed, as text."""
        nonce = secrets.token_bytes(NONCE)
        sealed = AESGCM(settings.STAFF_KEY()).encrypt(nonce, text.encode(), PURPOSE)
        return base64.b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret that was sealed."""
        blob = base64.b64decode(encrypted_text)
        return AESGCM(settings.STAFF_KEY()).decrypt(blob[:NONCE], blob[NONCE:], PURPOSE).decode()


def second_factor_failed(*, request: HttpRequest, user: Any, authenticator: Any, **_more: Any) -> None:
    """A wrong code counts as a wrong password does, and is written down."""
    AxesProxyHandler.user_login_failed(sender=None, credentials={"username": user.get_username()}, request=request)
    client, now = client_of(request), timezone.now()
    staff_sessions.note_sign_in(user.pk, "code_wrong", method=authenticator.type, client=client, now=now)
