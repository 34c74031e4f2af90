"""Master keys in a file of this machine, readable by its owner alone: for one machine, a trial, a development.

A wrapped key is `format | suite | keyring | version | nonce | ciphertext and tag`. Whoever has the file and a dump of the
database has everything; keep the two apart, or use a provider that does not give its keys away.
"""

import os
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.keys.providers.keyring import ID_BYTES, Keyring, KeyringFile
from tanhui.support.security.keys.providers.provider import Wrapped
from tanhui.support.security.keys.suites import SUITES
from tanhui.support.security.keys.suites.suite import NONCE_BYTES, CipherSuite, InvalidTag
from tanhui.support.security.keys.types import KEY_BYTES, NewKey, Tampered

FORMAT = 1
_HEAD = struct.Struct(f">BB{ID_BYTES}sI")


class LocalProvider:
    """The provider of a keyring file. `may_make` says whether a missing file may be made: not when keys are wrapped already."""

    name = "local"

    def __init__(self, path: Path, suite: CipherSuite, *, may_make: Callable[[], bool]) -> None:
        self._file = KeyringFile(path, may_make=may_make)
        self._suite = suite

    def new(self, context: bytes) -> NewKey:
        """See `KeyProvider`."""
        plain = os.urandom(KEY_BYTES)
        return NewKey(plain, self._wrap(self._file.read(), plain, context))

    def wrap(self, plain: bytes, context: bytes) -> bytes:
        """See `KeyProvider`."""
        return self._wrap(self._file.read(), plain, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See `KeyProvider`. Raises `Refusal` `keyring_other` too."""
        return self._unwrap(self._file.read(), wrapped, context)

    def unwrap_many(self, keys: Sequence[Wrapped]) -> list[bytes]:
        """See `KeyProvider`."""
        keyring = self._file.read()
        return [self._unwrap(keyring, wrapped, context) for wrapped, context in keys]

    def rewrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See `KeyProvider`."""
        return self.rewrap_many([(wrapped, context)])[0]

    def rewrap_many(self, keys: Sequence[Wrapped]) -> list[bytes]:
        """See `KeyProvider`."""
        keyring = self._file.read()
        return [self._wrap(keyring, self._unwrap(keyring, wrapped, context), context) for wrapped, context in keys]

    def version_of(self, wrapped: bytes) -> int:
        """See `KeyProvider`."""
        return _head(wrapped)[3]

    def versions(self) -> list[int]:
        """See `KeyProvider`."""
        keyring = self._file.look()
        return [] if keyring is None else sorted(keyring.keys)

    def add_version(self) -> int:
        """See `KeyProvider`."""
        return self._file.add_version()

    def drop_versions_before(self, version: int) -> None:
        """See `KeyProvider`."""
        self._file.drop_versions_before(version)

    def _wrap(self, keyring: Keyring, plain: bytes, context: bytes) -> bytes:
        version = max(keyring.keys)
        head = _HEAD.pack(FORMAT, self._suite.number, keyring.id, version)
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + keyring.sealer(version, self._suite).seal(nonce, plain, head + context)

    def _unwrap(self, keyring: Keyring, wrapped: bytes, context: bytes) -> bytes:
        _, number, keyring_id, version = _head(wrapped)
        if keyring_id != keyring.id:
            text = Text(
                "密钥环 {p} 不是最初的那一个；请恢复原来的文件。",
                "The keyring {p} is not the one these keys were wrapped with; restore the original file.",
            )
            raise Refusal("keyring_other", text.format(p=self._file.path))
        if version not in keyring.keys:
            text = Text(
                "密钥环 {p} 中没有第 {v} 版密钥；请恢复较新的文件。",
                "The keyring {p} has no version {v}; restore a newer file.",
            )
            raise Refusal("provider_version", text.format(p=self._file.path, v=version))
        nonce, sealed = wrapped[_HEAD.size : _HEAD.size + NONCE_BYTES], wrapped[_HEAD.size + NONCE_BYTES :]
        try:
            return keyring.sealer(version, SUITES[number]).open(nonce, sealed, wrapped[: _HEAD.size] + context)
        except InvalidTag:
            raise Tampered("keys_data_key.wrapped") from None


def _head(wrapped: bytes) -> tuple[int, int, bytes, int]:
    if len(wrapped) < _HEAD.size + NONCE_BYTES or wrapped[0] != FORMAT or wrapped[1] not in SUITES:
        raise Tampered("keys_data_key.wrapped")
    read: tuple[int, int, bytes, int] = _HEAD.unpack_from(wrapped)
    return read
