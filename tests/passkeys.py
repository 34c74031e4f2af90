"""A passkey in software: what a phone or a security key answers to a page (WebAuthn Level 2, attestation `none`)."""

import json
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Passkey:
    """One key pair for one site."""

    def __init__(self, site: str = "testserver", *, verifies: bool = True) -> None:
        self.site, self.key, self.id, self.count = (
            site,
            ec.generate_private_key(ec.SECP256R1()),
            secrets.token_bytes(16),
            0,
        )
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.user = b""

    def created(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`."""
        wanted = options["publicKey"]
        self.user = wanted["user"]["id"]
        attested = (
            bytes(16)
            + len(self.id).to_bytes(2)
            + self.id
            + cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        )
        about = self._about(WITH_KEY) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": about})
        client = self._client("webauthn.create", wanted["challenge"])
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def shown(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`."""
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        self.count += 1
        about = self._about(0)
        signature = self.key.sign(about + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(about),
                "signature": b64(signature),
                "userHandle": self.user,
            }
        )

    def _about(self, more: int) -> bytes:
        return sha256(self.site.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": f"https://{self.site}"}).encode()

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        named = {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "clientExtensionResults": {}}
        return named | {"response": response, "authenticatorAttachment": "platform"}
