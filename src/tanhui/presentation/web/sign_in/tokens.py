"""The token of a session, for allauth: signed, and of no use once the session has lasted too long."""

from allauth.headless.internal import sessionkit
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from tanhui.support.security.access.sessions import is_over, key_of, token_of


class SignedTokens(AbstractTokenStrategy):
    """A session's token is its key with a signature of this installation."""

    def create_session_token(self, request: HttpRequest) -> str:
        """The token of the session of the request, which is saved first."""
        if not request.session.session_key:
            request.session.save()
        key = request.session.session_key
        assert key is not None
        return token_of(key)

    def lookup_session(self, session_token: str) -> SessionBase | None:
        """The session that the token names, unless it is none of ours or is over."""
        key = key_of(session_token)
        if key is None or is_over(key, now=timezone.now()):
            return None
        found: SessionBase | None = sessionkit.lookup_session(key)
        return found
