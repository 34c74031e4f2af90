"""SM2 signatures and encryption by the system's libcrypto (OpenSSL 3, or one that has its functions), through EVP alone.

`cryptography` has no SM2, and what packages offer it draws nonces that can be guessed or verifies nothing; the
distribution's libcrypto is the one that gets security fixes. Signatures are DER, ciphertexts the DER of GM/T 0009.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.keys.suites.libcrypto import Libcrypto, libcrypto
from tanhui.support.security.keys.suites.signing_key import not_a_signing_key
from tanhui.support.security.keys.suites.suite import InvalidTag

DEFAULT_ID = b"1234567812345678"
"""The identifier that is usual when the parties have agreed on none."""
_SIGNATURE_BYTES = 72
_LONGEST = 2**31 - 1
Pointer = int


def available() -> bool:
    """Whether a libcrypto with SM2 is to be had."""
    try:
        with _made_key(_library()):
            return True
    except Refusal:
        return False


def new_key() -> bytes:
    """A new private key as PKCS#8 PEM. Raises `Refusal` `sm2_missing`."""
    lib = _library()
    with _made_key(lib) as key:
        return _written(lib, lambda out: lib.PEM_write_bio_PKCS8PrivateKey(out, key, None, None, 0, None, None))


def public_of(private: bytes) -> bytes:
    """The public key of a private one, both PEM. Raises `Refusal`: `signing_key`, `sm2_missing`."""
    lib = _library()
    with _read_key(lib, private, private=True) as key:
        return _written(lib, lambda out: lib.PEM_write_bio_PUBKEY(out, key))


def sign(private: bytes, message: bytes, *, identifier: bytes = DEFAULT_ID) -> bytes:
    """The signature in DER, with a fresh random nonce. Raises as `public_of`."""
    lib = _library()
    with _read_key(lib, private, private=True) as key, _digesting(lib, key, identifier) as context:
        _demand(lib, lib.EVP_DigestSignInit(context, None, lib.EVP_sm3(), None, key) == 1)
        length = ctypes.c_size_t(_SIGNATURE_BYTES)
        signature = ctypes.create_string_buffer(_SIGNATURE_BYTES)
        _demand(lib, lib.EVP_DigestSign(context, signature, ctypes.byref(length), message, len(message)) == 1)
        return signature.raw[: length.value]


def verify(public: bytes, message: bytes, signature: bytes, *, identifier: bytes = DEFAULT_ID) -> bool:
    """Whether the DER signature is of that message by that key and identifier. Raises as `public_of`."""
    lib = _library()
    with _read_key(lib, public, private=False) as key, _digesting(lib, key, identifier) as context:
        _demand(lib, lib.EVP_DigestVerifyInit(context, None, lib.EVP_sm3(), None, key) == 1)
        fits: bool = lib.EVP_DigestVerify(context, signature, len(signature), message, len(message)) == 1
        lib.ERR_clear_error()
        return fits


def encrypt(public: bytes, plain: bytes) -> bytes:
    """The plaintext encrypted to that public key. Raises as `public_of`."""
    lib = _library()
    with _read_key(lib, public, private=False) as key, _ciphering(lib, key) as context:
        _demand(lib, lib.EVP_PKEY_encrypt_init(context) == 1)
        length = ctypes.c_size_t(0)
        _demand(lib, lib.EVP_PKEY_encrypt(context, None, ctypes.byref(length), plain, len(plain)) == 1)
        out = ctypes.create_string_buffer(length.value)
        _demand(lib, lib.EVP_PKEY_encrypt(context, out, ctypes.byref(length), plain, len(plain)) == 1)
        return out.raw[: length.value]


def decrypt(private: bytes, sealed: bytes) -> bytes:
    """The plaintext. Raises `InvalidTag` when the ciphertext was altered or is another key's, else as `public_of`."""
    lib = _library()
    with _read_key(lib, private, private=True) as key, _ciphering(lib, key) as context:
        _demand(lib, lib.EVP_PKEY_decrypt_init(context) == 1)
        length = ctypes.c_size_t(0)
        if lib.EVP_PKEY_decrypt(context, None, ctypes.byref(length), sealed, len(sealed)) == 1:
            out = ctypes.create_string_buffer(max(length.value, 1))
            if lib.EVP_PKEY_decrypt(context, out, ctypes.byref(length), sealed, len(sealed)) == 1:
                return out.raw[: length.value]
        lib.ERR_clear_error()
        raise InvalidTag


def _library() -> Libcrypto:
    found = libcrypto()
    if found is None:
        raise _missing("")
    found.ERR_clear_error()
    return found


def _missing(why: str) -> Refusal:
    text = Text(
        "系统的 libcrypto 不提供 SM2{w}；请安装 OpenSSL 3 或铜锁，或用 TANHUI_SM_LIBCRYPTO 指定。",
        "The system's libcrypto has no SM2{w}; install OpenSSL 3 or Tongsuo, or name one in TANHUI_SM_LIBCRYPTO.",
    )
    return Refusal("sm2_missing", text.format(w=f" ({why})" if why else ""), field="TANHUI_SM_LIBCRYPTO")


def _demand(lib: Libcrypto, answer: object) -> None:
    """Goes on when libcrypto did what it must; else it lacks SM2, or is broken."""
    if not answer:
        raise _missing(lib.last_error())


@contextmanager
def _made_key(lib: Libcrypto) -> Iterator[Pointer]:
    context = lib.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
    _demand(lib, context)
    key = ctypes.c_void_p()
    try:
        _demand(lib, lib.EVP_PKEY_keygen_init(context) == 1)
        _demand(lib, lib.EVP_PKEY_keygen(context, ctypes.byref(key)) == 1)
        assert key.value is not None
        yield key.value
    finally:
        lib.EVP_PKEY_free(key)
        lib.EVP_PKEY_CTX_free(context)


@contextmanager
def _read_key(lib: Libcrypto, pem: bytes, *, private: bool) -> Iterator[Pointer]:
    """The key of a PEM. An empty password is given, so that libcrypto never asks for one at the terminal."""
    if not 0 < len(pem) < _LONGEST:
        raise not_a_signing_key("SM2")
    source = lib.BIO_new_mem_buf(pem, len(pem))
    _demand(lib, source)
    read = lib.PEM_read_bio_PrivateKey if private else lib.PEM_read_bio_PUBKEY
    key = read(source, None, None, b"")
    lib.BIO_free(source)
    try:
        if not key or lib.EVP_PKEY_is_a(key, b"SM2") != 1:
            lib.ERR_clear_error()
            raise not_a_signing_key("SM2")
        yield key
    finally:
        lib.EVP_PKEY_free(key)


@contextmanager
def _digesting(lib: Libcrypto, key: Pointer, identifier: bytes) -> Iterator[Pointer]:
    context = lib.EVP_PKEY_CTX_new_from_pkey(None, key, None)
    digesting = lib.EVP_MD_CTX_new()
    try:
        _demand(lib, context and digesting)
        _demand(lib, lib.EVP_PKEY_CTX_set1_id(context, identifier, len(identifier)) == 1)
        lib.EVP_MD_CTX_set_pkey_ctx(digesting, context)
        yield digesting
    finally:
        lib.EVP_MD_CTX_free(digesting)
        lib.EVP_PKEY_CTX_free(context)


@contextmanager
def _ciphering(lib: Libcrypto, key: Pointer) -> Iterator[Pointer]:
    context = lib.EVP_PKEY_CTX_new_from_pkey(None, key, None)
    try:
        _demand(lib, context)
        yield context
    finally:
        lib.EVP_PKEY_CTX_free(context)


def _written(lib: Libcrypto, write: object) -> bytes:
    """What a function of libcrypto writes into memory, which is wiped when it is freed."""
    assert callable(write)
    out = lib.BIO_new(lib.BIO_s_secmem())
    try:
        _demand(lib, out)
        _demand(lib, write(out) == 1)
        place = ctypes.c_void_p()
        length = lib.BIO_ctrl(out, 3, 0, ctypes.byref(place))  # BIO_CTRL_INFO: where the bytes are
        _demand(lib, length > 0 and place.value)
        return ctypes.string_at(place.value or 0, length)
    finally:
        lib.BIO_free(out)
