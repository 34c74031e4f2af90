"""A partner's signed statement who its user is: a JWS in compact form (RFC 7515) that returns a `state` (a signed callback).

Claims (RFC 7519): `iss` the partner's code, `aud` this platform, `sub` the partner's user id, `state` what the person's journey
began with, `iat` and `exp` at most five minutes apart. Whose key signed is asked of `check`, which belongs to whoever keeps the
partners' keys: it says whether the signature over these bytes is that partner's, by the key and the algorithm named.
"""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tanhui.core.text import Text
from tanhui.participants.persons.types import refused

LONGEST = timedelta(minutes=5)
SKEW = timedelta(seconds=60)
MOST_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Signature:
    """What is to be checked: the partner's code, key id, algorithm (`EdDSA`, `HS256`, …), the bytes signed, the signature."""

    partner: str
    key_id: str
    algorithm: str
    message: bytes
    value: bytes


CheckSignature = Callable[[Signature], bool]


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a partner has said, and signed: the journey with this state is this user's."""

    partner: str
    user: str
    state: str


def read_assertion(written: str, *, audience: str, check: CheckSignature, now: datetime) -> Assertion:
    """The statement, when it holds. Raises `Refusal` `assertion_invalid`; no part of it is repeated there."""
    header, claims, message, value = _parts(written)
    partner, key_id, algorithm = claims.get("iss"), header.get("kid"), header.get("alg")
    if not (isinstance(partner, str) and isinstance(key_id, str) and isinstance(algorithm, str)):
        raise _invalid("缺少 iss、kid 或 alg", "iss, kid or alg is missing")
    if algorithm == "none" or "crit" in header:
        raise _invalid("不支持该签名方式", "it is not signed in a way that is known here")
    if not check(Signature(partner, key_id, algorithm, message, value)):
        raise _invalid("签名不符", "the signature is not the partner's")
    if claims.get("aud") != audience:
        raise _invalid("接收方不符", "it is meant for somebody else")
    issued, expires = _time(claims.get("iat")), _time(claims.get("exp"))
    if not issued - SKEW <= now < expires or expires - issued > LONGEST:
        raise _invalid("不在有效期内", "it does not hold now, or for too long")
    user, state = claims.get("sub"), claims.get("state")
    if not (isinstance(user, str) and user and isinstance(state, str) and state):
        raise _invalid("缺少 sub 或 state", "sub or state is missing")
    return Assertion(partner, user, state)


def _parts(written: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    parts = written.split(".")
    if len(parts) != 3 or len(written) > MOST_BYTES:
        raise _invalid("不是 JWS", "it is no JWS in compact form")
    try:
        header, claims = (json.loads(_decoded(part)) for part in parts[:2])
        value = _decoded(parts[2])
    except (ValueError, binascii.Error, UnicodeDecodeError) as problem:
        raise _invalid("不是 JWS", "it is no JWS in compact form") from problem
    if not (isinstance(header, dict) and isinstance(claims, dict)):
        raise _invalid("不是 JWS", "it is no JWS in compact form")
    return header, claims, f"{parts[0]}.{parts[1]}".encode(), value


def _decoded(part: str) -> bytes:
    return base64.b64decode(part.encode() + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _time(value: object) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**33:
        raise _invalid("缺少 iat 或 exp", "iat or exp is missing")
    return datetime.fromtimestamp(value, tz=UTC)


def _invalid(zh: str, en: str) -> Exception:
    return refused("assertion_invalid", why=Text(zh, en))
