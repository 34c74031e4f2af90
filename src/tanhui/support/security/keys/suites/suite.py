"""What a cipher suite gives: authenticated encryption, a hash, a keyed hash, and signatures."""

from typing import Protocol

NONCE_BYTES = 12
TAG_BYTES = 16


class InvalidTag(Exception):  # noqa: N818 - the caller names it: what does not fit
    """What was to be opened is not what was sealed under that key, nonce and binding."""


class Sealer(Protocol):
    """Authenticated encryption under one key (GCM: 12-byte nonce, 16-byte tag at the end)."""

    def seal(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        """The ciphertext with its tag; `bound` is authenticated and not stored. A nonce is used once per key."""

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """The plaintext. Raises `InvalidTag` when anything differs from what was sealed."""


class CipherSuite(Protocol):
    """One family of algorithms. Keys are 32 bytes whatever the cipher; signing keys are PEM."""

    number: int
    """How blobs name the suite: never given to another one."""
    name: str
    algorithms: str

    def sealer(self, key: bytes) -> Sealer:
        """Encryption under a subkey of this 32-byte key, so that no key serves two ciphers."""

    def digest(self, message: bytes) -> bytes:
        """The hash of the message, 32 bytes."""

    def mac(self, key: bytes, message: bytes) -> bytes:
        """The keyed hash (HMAC) of the message, 32 bytes."""

    def new_signing_key(self) -> bytes:
        """A new private key, as PKCS#8 PEM without a password."""

    def public_key(self, private: bytes) -> bytes:
        """The public key that belongs to a private one, as PEM. Raises `Refusal` `signing_key`."""

    def sign(self, private: bytes, message: bytes) -> bytes:
        """The signature of the message. Raises `Refusal` `signing_key`."""

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether the signature is of that message by that key. Raises `Refusal` `signing_key`."""
