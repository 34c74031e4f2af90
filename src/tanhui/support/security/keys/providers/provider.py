"""What a key provider gives: keys wrapped under its own, which never leave it, in versions that can be rotated."""

from collections.abc import Sequence
from typing import Protocol

from tanhui.support.security.keys.types import NewKey

Wrapped = tuple[bytes, bytes]
"""A wrapped key and its context."""


class KeyProvider(Protocol):
    """Whoever keeps the master keys: a file, Vault, a cloud's KMS, an HSM. Calls may go over the network.

    A context is bound to the wrapped key and not stored in it: with another one it is not unwrapped. Each raises
    `Refusal`: `provider_unreachable`, `provider_denied`, `provider_version` when that version was dropped, and `Tampered` for
    a wrapped key that is not what it gave.
    """

    name: str

    def new(self, context: bytes) -> NewKey:
        """A fresh 32-byte key, plain and wrapped under the latest version."""

    def wrap(self, plain: bytes, context: bytes) -> bytes:
        """A key of another provider's, wrapped under the latest version of this one."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The plain key."""

    def unwrap_many(self, keys: Sequence[Wrapped]) -> list[bytes]:
        """The plain key of each, in that order."""

    def rewrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The same key wrapped under the latest version; its plain form is not shown."""

    def rewrap_many(self, keys: Sequence[Wrapped]) -> list[bytes]:
        """Each of them wrapped anew, in that order."""

    def version_of(self, wrapped: bytes) -> int:
        """The version of the provider's key that it is wrapped under, read off it without the provider."""

    def versions(self) -> list[int]:
        """The versions there are, oldest first; the last is the one that wraps. None before the first key is made."""

    def add_version(self) -> int:
        """Makes a new version, under which is wrapped from now on: its number."""

    def drop_versions_before(self, version: int) -> None:
        """Destroys the versions before that one: what is wrapped under them can never be unwrapped again."""
