"""Signed requests (RFC 9421): whose key it is, that the signature holds, that the body is the one signed, and only once."""

from starlette.requests import Request

from tanhui.participants.credentials.types import StoredKey
from tanhui.presentation.api.around import Around
from tanhui.presentation.api.offices import Office
from tanhui.presentation.api.partner.keyring import Keyring
from tanhui.presentation.api.problems import Problem


def is_signed(request: Request) -> bool:
    """Whether a request carries a signature."""
    return "signature-input" in request.headers


class Signatures:
    """Checks signatures."""

    def __init__(self, around: Around, office: Office, keyring: Keyring) -> None:
        self._around, self._office, self._keyring = around, office, keyring

    async def key(self, request: Request, body: bytes) -> StoredKey:
        """The key that signed. Raises `Problem`: `invalid_signature`."""
        raise Problem("invalid_signature")
