"""The form of what is sealed: `format | suite | nonce | ciphertext and tag`, bound to its owner and field. Pure.

Bound, and not stored, are the two bytes at the head, the owner as 8 bytes and the field's name: what was sealed for one
person or field opens for no other, and no byte of the head can be changed.
"""

import os

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.keys.suites import SUITES
from tanhui.support.security.keys.suites.suite import NONCE_BYTES, TAG_BYTES, CipherSuite, InvalidTag, Sealer
from tanhui.support.security.keys.types import Tampered

FORMAT = 1
HEAD_BYTES = 2
OVERHEAD_BYTES = HEAD_BYTES + NONCE_BYTES + TAG_BYTES


class OpenKey:
    """A data key unwrapped, with the ciphers made of it so far."""

    __slots__ = ("_key", "_sealers")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._sealers: dict[int, Sealer] = {}

    def sealer(self, suite: CipherSuite) -> Sealer:
        """Encryption by that suite."""
        if suite.number not in self._sealers:
            self._sealers[suite.number] = suite.sealer(self._key)
        return self._sealers[suite.number]

    def mac(self, suite: int, message: bytes) -> bytes:
        """The keyed hash of the message by the suite of that number."""
        return SUITES[suite].mac(self._key, message)


def seal_text(text: str, *, key: OpenKey, suite: CipherSuite, owner: int, field: str) -> bytes:
    """The text sealed for that owner and field, 30 bytes longer than it is in UTF-8. Raises `Refusal` `not_text`."""
    head, nonce = bytes((FORMAT, suite.number)), os.urandom(NONCE_BYTES)
    return head + nonce + key.sealer(suite).seal(nonce, encoded(text, field), _bound(head, owner, field))


def unseal_text(blob: bytes, *, key: OpenKey, owner: int, field: str) -> str:
    """The text, by the suite that the blob names. Raises `Tampered` when it is not what was sealed for them."""
    head, nonce, sealed = (
        blob[:HEAD_BYTES],
        blob[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES],
        blob[HEAD_BYTES + NONCE_BYTES :],
    )
    suite = SUITES.get(suite_of(blob))
    if len(blob) < OVERHEAD_BYTES or head[0] != FORMAT or suite is None:
        raise Tampered(field)
    try:
        return key.sealer(suite).open(nonce, sealed, _bound(head, owner, field)).decode()
    except InvalidTag:
        raise Tampered(field) from None


def encoded(text: str, field: str) -> bytes:
    """The text in UTF-8. Raises `Refusal` `not_text` when it is none, as half of a surrogate pair."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Refusal("not_text", Text("包含无效字符。", "It holds what is no character."), field=field) from None


def suite_of(blob: bytes) -> int:
    """The number of the suite that the blob names; 0 when it names none."""
    return blob[1] if len(blob) >= HEAD_BYTES else 0


def _bound(head: bytes, owner: int, field: str) -> bytes:
    return head + owner.to_bytes(8, "big") + field.encode()
