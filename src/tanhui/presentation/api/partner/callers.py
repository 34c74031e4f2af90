"""Who is calling: the key behind a request, by an access token or by a signature of the message."""

from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from starlette.requests import Request

from tanhui.core.text import Text
from tanhui.flows.partner_keys import is_right_secret
from tanhui.participants.credentials.types import StoredKey
from tanhui.presentation.api.partner.rates import Allowance
from tanhui.presentation.api.problems import Problem

CHALLENGE = {"www-authenticate": 'Bearer realm="tanhui", error="invalid_token"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner's key that opens, and what the partner may ask for still."""

    key: StoredKey
    allowance: Allowance


def bearer(request: Request) -> str | None:
    """The access token that a request carries, or None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def basic(request: Request) -> tuple[str, str] | None:
    """The client's id and secret by HTTP Basic (RFC 6749 2.3.1: each form-encoded before), or None."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = b64decode(given, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        return None
    return (unquote_plus(name), unquote_plus(secret)) if colon else None


def opening(key: StoredKey | None, *, now: datetime) -> StoredKey:
    """The key, when it opens. Raises `Problem`: `unauthenticated`."""
    if key is None or not key.opens(now):
        raise unauthenticated()
    return key


def right_secret(key: StoredKey | None, secret: str, *, now: datetime) -> StoredKey | None:
    """The key, when it opens by that secret; it takes as long when it does not."""
    right = is_right_secret(secret, None if key is None else key.secret_hash)
    return key if right and key is not None and key.opens(now) else None


def unauthenticated() -> Problem:
    """The problem that nobody we know is calling. It does not say what was wrong with what was given."""
    text = Text("访问令牌缺失、无效或已过期。", "The access token is missing, invalid, or has run out.")
    return Problem("unauthenticated", text, headers=CHALLENGE)
