"""Master keys in Vault's transit engine (or OpenBao's, which speaks the same), which never gives them away.

The key must be made with `derived=true`: only then does Vault bind a wrapped key to its context. Wrapped keys are Vault's own
ciphertexts, `vault:v3:…`. A private authority for its certificate is named as for Vault's own programs, in `VAULT_CACERT`.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import local
from typing import Any

import hvac
from hvac import exceptions

from tanhui.support.security.keys.providers.provider import Wrapped
from tanhui.support.security.keys.providers.vault_refusals import (
    denied,
    key_missing,
    no_address,
    not_derived,
    refused,
    unreachable,
)
from tanhui.support.security.keys.types import KEY_BYTES, NewKey, Tampered, VaultSettings

TIMEOUT_S = 5
AT_ONCE = 500
"""How many keys are unwrapped in one call."""
_CIPHERTEXT = re.compile(rb"vault:v([1-9][0-9]{0,8}):[A-Za-z0-9+/=]+")


class VaultProvider:
    """The provider of one key of a transit engine."""

    name = "vault"

    def __init__(self, settings: VaultSettings) -> None:
        self._settings = settings
        self._of_thread = local()  # a session of HTTP is one thread's
        self._checked = False

    def new(self, context: bytes) -> NewKey:
        """See `KeyProvider`."""
        self._check()
        data = self._ask("generate_data_key", key_type="plaintext", bits=KEY_BYTES * 8, context=_written(context))
        return NewKey(_plain(data["plaintext"]), str(data["ciphertext"]).encode())

    def wrap(self, plain: bytes, context: bytes) -> bytes:
        """See `KeyProvider`."""
        self._check()
        data = self._ask("encrypt_data", plaintext=_written(plain), context=_written(context))
        return str(data["ciphertext"]).encode()

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See `KeyProvider`."""
        return self.unwrap_many([(wrapped, context)])[0]

    def unwrap_many(self, keys: Sequence[Wrapped]) -> list[bytes]:
        """See `KeyProvider`."""
        return [_plain(result["plaintext"]) for result in self._ask_for_each("decrypt_data", keys)]

    def rewrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See `KeyProvider`."""
        return self.rewrap_many([(wrapped, context)])[0]

    def rewrap_many(self, keys: Sequence[Wrapped]) -> list[bytes]:
        """See `KeyProvider`."""
        return [str(result["ciphertext"]).encode() for result in self._ask_for_each("rewrap_data", keys)]

    def version_of(self, wrapped: bytes) -> int:
        """See `KeyProvider`."""
        return int(_matched(wrapped)[1])

    def versions(self) -> list[int]:
        """See `KeyProvider`."""
        return sorted(int(version) for version in self._ask("read_key")["keys"])

    def add_version(self) -> int:
        """See `KeyProvider`."""
        self._check()
        self._call("rotate_key")
        return self.versions()[-1]

    def drop_versions_before(self, version: int) -> None:
        """See `KeyProvider`."""
        self._call("update_key_configuration", min_encryption_version=version)
        self._call("update_key_configuration", min_decryption_version=version)
        self._call("trim_key", min_version=version)

    def _check(self) -> None:
        """Refuses a key that does not bind the context."""
        if not self._checked:
            if not self._ask("read_key").get("derived"):
                raise not_derived(self._settings)
            self._checked = True

    def _ask_for_each(self, question: str, keys: Sequence[Wrapped]) -> Iterator[Any]:
        """What Vault answers about each of these keys, some hundreds at a call."""
        for start in range(0, len(keys), AT_ONCE):
            items = [
                {"ciphertext": _matched(wrapped)[0].decode(), "context": _written(context)}
                for wrapped, context in keys[start : start + AT_ONCE]
            ]
            for result in self._ask(question, ciphertext=None, batch_input=items)["batch_results"]:
                if result.get("error"):
                    raise refused([str(result["error"])], self._settings)
                yield result

    def _ask(self, question: str, **parameters: Any) -> dict[str, Any]:
        """The data of the answer."""
        data: dict[str, Any] = self._call(question, **parameters)["data"]
        return data

    def _call(self, question: str, **parameters: Any) -> Any:
        with self._named():
            call: Callable[..., Any] = getattr(self._client().secrets.transit, question)
            return call(name=self._settings.key, mount_point=self._settings.mount, **parameters)

    def _client(self) -> Any:
        chosen = self._settings
        if not chosen.address:
            raise no_address()
        if not hasattr(self._of_thread, "client"):
            namespace = chosen.namespace or None
            self._of_thread.client = hvac.Client(url=chosen.address, namespace=namespace, timeout=TIMEOUT_S)
        client = self._of_thread.client
        client.token = chosen.token_file.read_text().strip() if chosen.token_file else chosen.token
        return client

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Names what Vault or the way to it refuses."""
        try:
            yield
        except (exceptions.Forbidden, exceptions.Unauthorized):
            raise denied(self._settings) from None
        except exceptions.InvalidPath:
            raise key_missing(self._settings) from None
        except exceptions.InvalidRequest as problem:
            raise refused(_errors(problem), self._settings) from None
        except (exceptions.VaultError, OSError) as problem:
            raise unreachable(self._settings, type(problem).__name__) from None


def _errors(problem: exceptions.VaultError) -> list[str]:
    """What Vault says is wrong, in an answer to one question or to a batch of them."""
    results = ((problem.json or {}).get("data") or {}).get("batch_results") or []
    return [str(error) for error in (*(problem.errors or []), *(result.get("error") for result in results)) if error]


def _written(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _plain(written: str) -> bytes:
    try:
        plain = base64.b64decode(written, validate=True)
    except binascii.Error:
        plain = b""
    if len(plain) != KEY_BYTES:
        raise Tampered("vault")
    return plain


def _matched(wrapped: bytes) -> re.Match[bytes]:
    found = _CIPHERTEXT.fullmatch(wrapped)
    if found is None:
        raise Tampered("keys_data_key.wrapped")
    return found
