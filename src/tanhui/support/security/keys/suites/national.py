"""SM4-GCM, SM3 and SM2 (GB/T 32907, GB/T 32905, GB/T 32918): the first two by `cryptography`, SM2 by the system's libcrypto."""

from cryptography import exceptions
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tanhui.support.security.keys.suites import sm2
from tanhui.support.security.keys.suites.suite import TAG_BYTES, InvalidTag, Sealer

SUBKEY = b"tanhui sealing SM4-GCM"
SM4_KEY_BYTES = 16


class Sm4Sealer:
    """SM4-GCM under one key of 16 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = algorithms.SM4(key)

    def seal(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        """See `Sealer`."""
        mode = modes.GCM(nonce)
        sealing = Cipher(self._cipher, mode).encryptor()
        sealing.authenticate_additional_data(bound)
        return sealing.update(plain) + sealing.finalize() + sealing.tag

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """See `Sealer`. A tag of another length than 16 bytes cannot be told from ciphertext, and does not fit."""
        if len(sealed) < TAG_BYTES:
            raise InvalidTag
        opening = Cipher(self._cipher, modes.GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
        opening.authenticate_additional_data(bound)
        plain = opening.update(sealed[:-TAG_BYTES])
        try:
            return plain + opening.finalize()
        except exceptions.InvalidTag:
            raise InvalidTag from None


class National:
    """The suite of Chinese national standards. What it runs on here is no certified module: see the README."""

    number = 2
    name = "national"
    algorithms = "SM4-GCM, SM3, SM2"

    def sealer(self, key: bytes) -> Sealer:
        """See `CipherSuite`."""
        return Sm4Sealer(HKDFExpand(algorithm=hashes.SM3(), length=SM4_KEY_BYTES, info=SUBKEY).derive(key))

    def digest(self, message: bytes) -> bytes:
        """See `CipherSuite`."""
        hashing = hashes.Hash(hashes.SM3())
        hashing.update(message)
        return hashing.finalize()

    def mac(self, key: bytes, message: bytes) -> bytes:
        """See `CipherSuite`."""
        hashing = hmac.HMAC(key, hashes.SM3())
        hashing.update(message)
        return hashing.finalize()

    def new_signing_key(self) -> bytes:
        """See `CipherSuite`. Raises `Refusal` `sm2_missing`, as the three below."""
        return sm2.new_key()

    def public_key(self, private: bytes) -> bytes:
        """See `CipherSuite`."""
        return sm2.public_of(private)

    def sign(self, private: bytes, message: bytes) -> bytes:
        """The signature in DER (r and s, as libcrypto and GM/T 0009 write it), with the default identifier."""
        return sm2.sign(private, message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """See `CipherSuite`."""
        return sm2.verify(public, message, signature)
