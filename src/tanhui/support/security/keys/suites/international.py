"""AES-256-GCM, SHA-256 and Ed25519, by `cryptography`."""

from cryptography import exceptions
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tanhui.support.security.keys.suites.signing_key import not_a_signing_key
from tanhui.support.security.keys.suites.suite import InvalidTag, Sealer

SUBKEY = b"tanhui sealing AES-256-GCM"


class AesSealer:
    """AES-256-GCM under one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        """See `Sealer`."""
        return self._cipher.encrypt(nonce, plain, bound)

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """See `Sealer`."""
        try:
            return self._cipher.decrypt(nonce, sealed, bound)
        except exceptions.InvalidTag:
            raise InvalidTag from None


class International:
    """The suite of most of the world."""

    number = 1
    name = "international"
    algorithms = "AES-256-GCM, SHA-256, Ed25519"

    def sealer(self, key: bytes) -> Sealer:
        """See `CipherSuite`."""
        return AesSealer(HKDFExpand(algorithm=hashes.SHA256(), length=32, info=SUBKEY).derive(key))

    def digest(self, message: bytes) -> bytes:
        """See `CipherSuite`."""
        hashing = hashes.Hash(hashes.SHA256())
        hashing.update(message)
        return hashing.finalize()

    def mac(self, key: bytes, message: bytes) -> bytes:
        """See `CipherSuite`."""
        hashing = hmac.HMAC(key, hashes.SHA256())
        hashing.update(message)
        return hashing.finalize()

    def new_signing_key(self) -> bytes:
        """See `CipherSuite`."""
        return Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def public_key(self, private: bytes) -> bytes:
        """See `CipherSuite`."""
        return (
            _private(private)
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )

    def sign(self, private: bytes, message: bytes) -> bytes:
        """The signature of 64 bytes (RFC 8032)."""
        return _private(private).sign(message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """See `CipherSuite`."""
        try:
            key = serialization.load_pem_public_key(public)
        except (ValueError, exceptions.UnsupportedAlgorithm):
            raise not_a_signing_key("Ed25519") from None
        if not isinstance(key, Ed25519PublicKey):
            raise not_a_signing_key("Ed25519")
        try:
            key.verify(signature, message)
        except exceptions.InvalidSignature:
            return False
        return True


def _private(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, exceptions.UnsupportedAlgorithm):
        raise not_a_signing_key("Ed25519") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise not_a_signing_key("Ed25519")
    return key
