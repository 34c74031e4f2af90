"""Signed requests (RFC 9421): whose key it is, that the signature holds, that the body is the one signed, and only once.

Ed25519 and HMAC-SHA256 as the standard has them; `sm2-sm3` is an algorithm of ours: SM2 with SM3 over the signature base
(GB/T 32918), the signature in DER, the signer's identifier the usual 1234567812345678.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import http_sf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureAlgorithm, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException, InvalidSignature
from starlette.requests import Request

from tanhui.core.text import Text
from tanhui.flows.partner_keys import hmac_key, holds_sm2, seen_first
from tanhui.participants.credentials.types import Kind, StoredKey
from tanhui.presentation.api.around import Around
from tanhui.presentation.api.offices import Office
from tanhui.presentation.api.partner.keyring import Keyring
from tanhui.presentation.api.problems import Problem

LASTS = timedelta(minutes=5)
"""How old a signature may be."""
SKEW = timedelta(seconds=30)
"""How far clocks may differ."""
LONGEST_NONCE = 64
MEANING = ("content-type", "content-encoding", "idempotency-key", "prefer")
"""Fields that change what a request means: where they are, they are signed; and so is every `ce-` field."""


class Sm2Sm3(HTTPSignatureAlgorithm):
    """SM2 with SM3; the public key is PEM."""

    algorithm_id = "sm2-sm3"

    def __init__(self, public_key: Any = None, private_key: Any = None) -> None:  # noqa: ARG002 - the library's signature
        self._public = public_key

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raises `InvalidSignature` unless the signature is of that message."""
        if not holds_sm2(self._public, message, signature):
            raise InvalidSignature("the SM2 signature does not hold")


ALGORITHMS: dict[Kind, type[HTTPSignatureAlgorithm]] = {
    "ed25519": algorithms.ED25519,
    "hmac-sha256": algorithms.HMAC_SHA256,
    "sm2": Sm2Sm3,
}


def is_signed(request: Request) -> bool:
    """Whether a request carries a signature."""
    return "signature-input" in request.headers


class Signatures:
    """Checks the signatures of requests."""

    def __init__(self, around: Around, office: Office, keyring: Keyring) -> None:
        self._around, self._office, self._keyring = around, office, keyring

    async def key(self, request: Request, body: bytes) -> StoredKey:
        """The key that signed the request with this body. Raises `Problem`: `invalid_signature`."""
        now = self._around.now()
        code, nonce = _named(request)
        key = await self._keyring.key(code)
        if key is None or not key.opens(now) or key.kind not in ALGORITHMS:
            raise _invalid(Text("没有该密钥，或已失效。", "There is no such key, or it has ended."))
        verifier = _Verifier(key, self._verification_key(key), now)
        try:
            found = verifier.verify(
                _Message(request), max_age=LASTS, require_components=_needed(request, body), body=body
            )
        except HTTPMessageSignaturesException as problem:
            why = Text("签名或其内容不符。", "The signature, or what it covers, does not fit the request.")
            raise _invalid(why) from problem
        if found[0].nonce != nonce:
            raise _invalid(Text("nonce 不符。", "The nonce does not fit."))
        ends_at = datetime.fromtimestamp(int(found[0].parameters["created"]), tz=UTC) + LASTS + 2 * SKEW
        if not await self._office.run(seen_first, key_id=key.number, nonce=nonce, ends_at=ends_at, now=now):
            raise _invalid(Text("该 nonce 已用过。", "This nonce was used before."))
        return key

    def _verification_key(self, key: StoredKey) -> Any:
        if key.kind == "hmac-sha256":
            return hmac_key(key.code, master=self._around.master)
        assert key.public_key is not None
        return Ed25519PublicKey.from_public_bytes(key.public_key) if key.kind == "ed25519" else key.public_key


class _Verifier(HTTPMessageVerifier):
    """The library's verifier, with the time as the server's face gives it."""

    max_clock_skew = SKEW

    def __init__(self, key: StoredKey, material: Any, now: datetime) -> None:
        super().__init__(signature_algorithm=ALGORITHMS[key.kind], key_resolver=_One(material))
        self._now = now

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Raises `InvalidSignature` unless it was made lately, and has not run out."""
        created, expires = sig_input.params.get("created"), sig_input.params.get("expires")
        now, skew = self._now.timestamp(), self.max_clock_skew.total_seconds()
        if type(created) is not int or created > now + skew:
            raise InvalidSignature("created is missing, or in the future")
        if max_age is not None and created + max_age.total_seconds() < now - skew:
            raise InvalidSignature("it is too old")
        if expires is not None and (type(expires) is not int or expires < now - skew):
            raise InvalidSignature("it has run out")


class _One(HTTPSignatureKeyResolver):
    """The one key that a verifier is for."""

    def __init__(self, material: Any) -> None:
        self._material = material

    def resolve_public_key(self, key_id: str) -> Any:  # noqa: ARG002 - the key was found by its id before
        return self._material

    def resolve_private_key(self, key_id: str) -> Any:
        raise AssertionError(f"{key_id}: this side only checks signatures")


class _Message:
    """A request as the library wants it."""

    def __init__(self, request: Request) -> None:
        self.method, self.url = request.method, str(request.url)
        self.headers = dict[str, str]()
        for name, value in request.headers.items():
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value


def _named(request: Request) -> tuple[str, str]:
    """The key and the nonce that the one signature of a request names."""
    try:
        found: Any = http_sf.parse(request.headers["signature-input"].encode("ascii"), tltype="dictionary")
        ((_, parameters),) = found.values()
        code, nonce = parameters["keyid"], parameters["nonce"]
    except (ValueError, TypeError, KeyError, UnicodeEncodeError) as problem:
        why = Text(
            "Signature-Input 应含一个签名，带 keyid、created 与 nonce。",
            "Signature-Input must hold one signature, with keyid, created and nonce.",
        )
        raise _invalid(why) from problem
    if not isinstance(code, str) or not isinstance(nonce, str) or not 0 < len(nonce) <= LONGEST_NONCE:
        raise _invalid(
            Text("nonce 应为 1 至 {n} 个字符。", "The nonce must have 1 to {n} characters.").format(n=LONGEST_NONCE)
        )
    return code[:60], nonce


def _needed(request: Request, body: bytes) -> list[str]:
    names = [name for name in request.headers if name in MEANING or name.startswith("ce-")]
    return ["@method", "@target-uri", *dict.fromkeys(names), *(["content-digest"] if body else [])]


def _invalid(why: Text) -> Problem:
    return Problem("invalid_signature", why)
