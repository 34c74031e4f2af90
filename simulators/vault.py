"""A simulator of Vault's transit engine: its HTTP API, version 1, for symmetric keys. In memory; not for secrets.

Keys are `aes256-gcm96` in versions, with derivation by HKDF-SHA256 over the context as Vault does it; ciphertexts are
`vault:v<version>:<base64 of nonce, ciphertext and tag>`. Answers and errors have Vault's shape and words.
"""

import argparse
import base64
import json
import os
import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Json = dict[str, Any]
NONCE_BYTES = 12
MOST_BYTES = 32 * 2**20


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """An answer with an error: its status and Vault's words."""

    def __init__(self, status: int, *errors: str) -> None:
        super().__init__(*errors)
        self.status = status
        self.errors = list(errors)


@dataclass
class Key:
    """A named key with its versions."""

    derived: bool
    versions: dict[int, bytes] = field(default_factory=lambda: {1: os.urandom(32)})
    min_decryption_version: int = 1
    min_encryption_version: int = 0

    @property
    def latest(self) -> int:
        return max(self.versions)

    def cipher(self, version: int, context: bytes) -> AESGCM:
        """The cipher of a version, derived by the context when the key is so made."""
        if not self.derived:
            return AESGCM(self.versions[version])
        if not context:
            raise Refused(
                400,
                "missing 'context' for key derivation; the key was created using a derived key, which means additional, "
                "per-request information must be included in order to perform operations with the key",
            )
        return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=context).derive(self.versions[version]))

    def encrypt(self, plain: bytes, context: bytes) -> str:
        """A ciphertext under the latest version."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self.cipher(self.latest, context).encrypt(nonce, plain, None)
        return f"vault:v{self.latest}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, ciphertext: str, context: bytes) -> bytes:
        """The plaintext of a ciphertext."""
        found = re.fullmatch(r"vault:v([0-9]+):(.+)", ciphertext)
        if found is None:
            raise Refused(400, "invalid ciphertext: no prefix")
        version = int(found[1])
        if version > self.latest:
            raise Refused(400, "invalid ciphertext: version is too new")
        if version < self.min_decryption_version:
            raise Refused(400, "ciphertext or signature version is disallowed by policy (too old)")
        try:
            sealed = base64.b64decode(found[2], validate=True)
            return self.cipher(version, context).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except ValueError:
            raise Refused(400, "invalid ciphertext: could not decode base64") from None
        except InvalidTag:
            raise Refused(400, "cipher: message authentication failed") from None


class Vault:
    """One Vault: its keys, the token that it knows, and whether it is sealed."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.sealed = False
        self.keys: dict[tuple[str, str], Key] = {}
        self.lock = threading.Lock()

    def answer(self, method: str, path: str, token: str | None, body: Json) -> Json | None:
        """The data of the answer; None for an answer without a body."""
        if path == "sys/health":
            return {"initialized": True, "sealed": self.sealed}
        if path == "sys/unseal":
            self.sealed = False
            return {"sealed": False}
        if self.sealed:
            raise Refused(503, "Vault is sealed")
        if token != self.token:
            raise Refused(403, "permission denied")
        if path == "sys/seal":
            self.sealed = True
            return None
        for pattern, methods, handle in _ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method in methods:
                return handle(self, body, **found.groupdict())
        raise Refused(404)

    def create_key(self, body: Json, mount: str, name: str) -> Json | None:
        self.keys.setdefault((mount, name), Key(derived=_true(body.get("derived", False))))
        return self.read_key(body, mount, name)

    def read_key(self, body: Json, mount: str, name: str) -> Json:  # noqa: ARG002 - a route has these three
        key = self.keys.get((mount, name))
        if key is None:
            raise Refused(404)
        return {
            "type": "aes256-gcm96", "name": name, "derived": key.derived, "latest_version": key.latest,
            "keys": {str(version): 0 for version in sorted(key.versions)}, "exportable": False,
            "min_available_version": min(key.versions), "min_decryption_version": key.min_decryption_version,
            "min_encryption_version": key.min_encryption_version, "deletion_allowed": False,
            "supports_encryption": True, "supports_decryption": True, "supports_derivation": True, "supports_signing": False,
            **({"kdf": "hkdf_sha256", "kdf_mode": "hkdf_sha256"} if key.derived else {}),
        }  # fmt: skip

    def rotate(self, body: Json, mount: str, name: str) -> Json:
        key = self._key(mount, name)
        key.versions[key.latest + 1] = os.urandom(32)
        return self.read_key(body, mount, name)

    def configure(self, body: Json, mount: str, name: str) -> Json:
        key = self._key(mount, name)
        decryption = int(body.get("min_decryption_version") or key.min_decryption_version)
        encryption = int(body.get("min_encryption_version") or key.min_encryption_version)
        if max(decryption, encryption) > key.latest:
            raise Refused(
                400, f"cannot set min version of {max(decryption, encryption)}, latest key version is {key.latest}"
            )
        if 0 < encryption < decryption:
            raise Refused(400, f"cannot set min encryption/decryption values; min encryption version of {encryption} "
                               f"must be greater than or equal to min decryption version of {decryption}")  # fmt: skip
        key.min_decryption_version, key.min_encryption_version = decryption, encryption
        return self.read_key(body, mount, name)

    def trim(self, body: Json, mount: str, name: str) -> Json:
        key, least = self._key(mount, name), int(body.get("min_available_version", 0))
        if least < min(key.versions):
            raise Refused(400, "minimum available version cannot be decremented")
        if key.min_encryption_version == 0:
            raise Refused(400, "minimum available version cannot be set when minimum encryption version is not set")
        if least > key.min_encryption_version:
            raise Refused(400, "minimum available version cannot be greater than minmum encryption version")
        if least > key.min_decryption_version:
            raise Refused(400, "minimum available version cannot be greater than minimum decryption version")
        key.versions = {version: value for version, value in key.versions.items() if version >= least}
        return self.read_key(body, mount, name)

    def datakey(self, body: Json, mount: str, name: str, kind: str) -> Json:
        key, bits = self._key(mount, name), int(body.get("bits", 256))
        if bits not in {128, 256, 512}:
            raise Refused(400, "invalid bit length")
        plain = os.urandom(bits // 8)
        data: Json = {"ciphertext": key.encrypt(plain, _decoded(body, "context")), "key_version": key.latest}
        return data | ({"plaintext": base64.b64encode(plain).decode()} if kind == "plaintext" else {})

    def encrypt(self, body: Json, mount: str, name: str) -> Json:
        key = self._key(mount, name)
        return _each(body, lambda item: {"ciphertext": key.encrypt(_decoded(item, "plaintext"), _decoded(item, "context")),
                                         "key_version": key.latest})  # fmt: skip

    def decrypt(self, body: Json, mount: str, name: str) -> Json:
        key = self._key(mount, name)
        return _each(body, lambda item: {"plaintext": base64.b64encode(_opened(key, item)).decode()})

    def rewrap(self, body: Json, mount: str, name: str) -> Json:
        key = self._key(mount, name)
        return _each(body, lambda item: {"ciphertext": key.encrypt(_opened(key, item), _decoded(item, "context")),
                                         "key_version": key.latest})  # fmt: skip

    def _key(self, mount: str, name: str) -> Key:
        if (mount, name) not in self.keys:
            raise Refused(400, "encryption key not found")
        return self.keys[mount, name]


class BatchFailed(Exception):  # noqa: N818 - an answer, too
    """A batch of which some could not be done: 400, with the results of all."""

    def __init__(self, data: Json) -> None:
        super().__init__()
        self.data = data


def _each(body: Json, action: Callable[[Json], Json]) -> Json:
    """One answer, or the results of a batch."""
    if "batch_input" not in body:
        return action(body)
    if not body["batch_input"]:
        raise Refused(400, "missing batch input to process")
    results: list[Json] = []
    for item in body["batch_input"]:
        try:
            results.append(action(item))
        except Refused as refused:
            results.append({"error": refused.errors[0]})
    if any("error" in result for result in results):
        raise BatchFailed({"batch_results": results})
    return {"batch_results": results}


def _opened(key: Key, item: Json) -> bytes:
    if not item.get("ciphertext"):
        raise Refused(400, "missing ciphertext to decrypt")
    return key.decrypt(item["ciphertext"], _decoded(item, "context"))


def _decoded(item: Json, name: str) -> bytes:
    try:
        return base64.b64decode(item.get(name) or "", validate=True)
    except ValueError:
        raise Refused(400, f"failed to base64-decode {name}") from None


def _true(value: object) -> bool:
    return value is True or str(value).lower() in {"true", "1"}


_NAMES = r"(?P<mount>[\w/-]+)/{}/(?P<name>[\w.-]+)"
_WRITE = {"POST", "PUT"}
_ROUTES: tuple[tuple[str, set[str], Callable[..., Json | None]], ...] = (
    (_NAMES.format("keys"), _WRITE, Vault.create_key),
    (_NAMES.format("keys"), {"GET"}, Vault.read_key),
    (_NAMES.format("keys") + "/rotate", _WRITE, Vault.rotate),
    (_NAMES.format("keys") + "/config", _WRITE, Vault.configure),
    (_NAMES.format("keys") + "/trim", _WRITE, Vault.trim),
    (_NAMES.format("datakey/(?P<kind>plaintext|wrapped)"), _WRITE, Vault.datakey),
    (_NAMES.format("encrypt"), _WRITE, Vault.encrypt),
    (_NAMES.format("decrypt"), _WRITE, Vault.decrypt),
    (_NAMES.format("rewrap"), _WRITE, Vault.rewrap),
)


class Handler(BaseHTTPRequestHandler):
    """HTTP around a Vault."""

    protocol_version = "HTTP/1.1"
    vault: Vault

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def _answer(self) -> None:
        status, answer = self._answered()
        written = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def _answered(self) -> tuple[int, Json | None]:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            self.close_connection = True
            return 413, {"errors": ["request body too large"]}
        written = self.rfile.read(length)
        try:
            body = json.loads(written or b"{}")
            with self.vault.lock:
                data = self.vault.answer(
                    self.command, self.path.removeprefix("/v1/"), self.headers.get("X-Vault-Token"), body
                )
        except Refused as refused:
            return refused.status, {"errors": refused.errors}
        except BatchFailed as failed:
            return 400, _envelope(failed.data)
        except (ValueError, TypeError, AttributeError):
            return 400, {"errors": ["failed to parse JSON input"]}
        return (204, None) if data is None else (200, _envelope(data))


def _envelope(data: Json) -> Json:
    return {
        "request_id": str(uuid.uuid4()), "lease_id": "", "renewable": False, "lease_duration": 0, "data": data,
        "wrap_info": None, "warnings": None, "auth": None,
    }  # fmt: skip


def main() -> None:
    """Answers until it is ended; says on standard output where."""
    parser = argparse.ArgumentParser(prog="python -m simulators.vault", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8200, help="0: any free one")
    parser.add_argument("--token", default="root")
    asked = parser.parse_args()
    handler = type("BoundHandler", (Handler,), {"vault": Vault(asked.token)})
    server = ThreadingHTTPServer((asked.host, asked.port), handler)
    print(f"Vault simulator at http://{asked.host}:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
