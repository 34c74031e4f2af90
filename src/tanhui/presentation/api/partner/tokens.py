"""Access tokens: short-lived, signed, opaque to whoever holds them.

They are signed and not stored, so that any process knows them without asking the database, and name nothing but the key
that they were given for: whether that opens still is looked up (see `keyring`), so a revoked key takes its tokens with it.
"""

from base64 import urlsafe_b64encode
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from django.core.signing import BadSignature, Signer

LASTS_S = 600
PREFIX = "tanhui_"
LONGEST = 400


class Tokens:
    """Gives and reads the tokens of one installation."""

    def __init__(self, master: bytes) -> None:
        key = blake2b(b"tanhui access tokens", key=master[:64], digest_size=32).digest()
        self._signer = Signer(key=urlsafe_b64encode(key).decode(), salt="tanhui.partner.token", algorithm="sha256")
        self._read = lru_cache(maxsize=4096)(self._unsign)

    def give(self, code: str, *, now: datetime) -> str:
        """A token for the key of that code."""
        return PREFIX + self._signer.sign_object({"k": code, "e": int(now.timestamp()) + LASTS_S})

    def read(self, token: str, *, now: datetime) -> str | None:
        """The code of the key that it was given for; None when it is no token of ours, or has run out."""
        found = self._read(token) if len(token) <= LONGEST else None
        return None if found is None or now.timestamp() >= found[1] else found[0]

    def _unsign(self, token: str) -> tuple[str, int] | None:
        if not token.startswith(PREFIX):
            return None
        try:
            found = self._signer.unsign_object(token.removeprefix(PREFIX))
        except (BadSignature, ValueError):
            return None
        return found["k"], found["e"]
