"""What a body must be before allauth reads it: it expects well-meaning programs, and a stranger's bytes would make it fail."""

import json
import struct
from typing import Any

from fido2.webauthn import AuthenticationResponse, RegistrationResponse

_MISSHAPEN = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)
_MADE = {"headless:app:mfa:manage_webauthn"}
_SHOWN = {
    "headless:app:mfa:authenticate_webauthn",
    "headless:app:mfa:login_webauthn",
    "headless:app:mfa:reauthenticate_webauthn",
}


def is_readable(body: bytes, view: str) -> bool:
    """Whether the body is an object of JSON whose texts are texts, and a passkey in it what that view takes."""
    if not body:
        return True
    try:
        found = json.loads(body)
        json.dumps(found, ensure_ascii=False).encode()  # half of a surrogate pair is no text, and no database keeps it
    except (ValueError, RecursionError):
        return False
    if not isinstance(found, dict):
        return False
    return "credential" not in found or view not in _MADE | _SHOWN or _is_credential(found["credential"], view)


def _is_credential(found: Any, view: str) -> bool:
    if not isinstance(found, dict):
        return False
    try:
        if view in _MADE:
            RegistrationResponse.from_dict(found)
        else:
            AuthenticationResponse.from_dict(found)
    except _MISSHAPEN:
        return False
    return True
