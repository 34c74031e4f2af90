"""A file cut in pieces that are texts, as the keys seal texts, and put together again."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256

from tanhui.support.security.keys.types import Tampered

PIECE = 48 * 1024
"""Bytes of a piece: small enough that a batch of them is sealed anew without much memory."""


def digest_of(content: bytes) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    return sha256(content).hexdigest()


def pieces(content: bytes) -> list[str]:
    """The file as texts, in order."""
    return [b64encode(content[start : start + PIECE]).decode("ascii") for start in range(0, len(content), PIECE)]


def joined(texts: Sequence[str], *, digest: str) -> bytes:
    """The file again. Raises `Tampered` when it is not the one of that digest."""
    content = b"".join(b64decode(text) for text in texts)
    if digest_of(content) != digest:
        raise Tampered("participants_document_part")
    return content
