"""The system's libcrypto with the types of the functions that SM2 needs, loaded once."""

import ctypes
from ctypes import c_char_p, c_int, c_long, c_size_t, c_ulong, c_void_p
from ctypes.util import find_library
from functools import cache
from typing import Any

from django.conf import settings

NAMES = ("libcrypto.so.3", "libcrypto.3.dylib")
_LENGTH = ctypes.POINTER(c_size_t)
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "ERR_get_error": (c_ulong, ()),
    "ERR_clear_error": (None, ()),
    "ERR_error_string_n": (None, (c_ulong, c_char_p, c_size_t)),
    "BIO_new_mem_buf": (c_void_p, (c_char_p, c_int)),
    "BIO_new": (c_void_p, (c_void_p,)),
    "BIO_s_secmem": (c_void_p, ()),
    "BIO_ctrl": (c_long, (c_void_p, c_int, c_long, c_void_p)),
    "BIO_free": (c_int, (c_void_p,)),
    "PEM_read_bio_PrivateKey": (c_void_p, (c_void_p, c_void_p, c_void_p, c_char_p)),
    "PEM_read_bio_PUBKEY": (c_void_p, (c_void_p, c_void_p, c_void_p, c_char_p)),
    "PEM_write_bio_PKCS8PrivateKey": (c_int, (c_void_p, c_void_p, c_void_p, c_char_p, c_int, c_void_p, c_void_p)),
    "PEM_write_bio_PUBKEY": (c_int, (c_void_p, c_void_p)),
    "EVP_PKEY_is_a": (c_int, (c_void_p, c_char_p)),
    "EVP_PKEY_free": (None, (c_void_p,)),
    "EVP_PKEY_CTX_new_from_name": (c_void_p, (c_void_p, c_char_p, c_char_p)),
    "EVP_PKEY_CTX_new_from_pkey": (c_void_p, (c_void_p, c_void_p, c_char_p)),
    "EVP_PKEY_CTX_free": (None, (c_void_p,)),
    "EVP_PKEY_CTX_set1_id": (c_int, (c_void_p, c_char_p, c_int)),
    "EVP_PKEY_keygen_init": (c_int, (c_void_p,)),
    "EVP_PKEY_keygen": (c_int, (c_void_p, c_void_p)),
    "EVP_MD_CTX_new": (c_void_p, ()),
    "EVP_MD_CTX_free": (None, (c_void_p,)),
    "EVP_MD_CTX_set_pkey_ctx": (None, (c_void_p, c_void_p)),
    "EVP_sm3": (c_void_p, ()),
    "EVP_DigestSignInit": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
    "EVP_DigestSign": (c_int, (c_void_p, c_char_p, _LENGTH, c_char_p, c_size_t)),
    "EVP_DigestVerifyInit": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
    "EVP_DigestVerify": (c_int, (c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)),
    "EVP_PKEY_encrypt_init": (c_int, (c_void_p,)),
    "EVP_PKEY_encrypt": (c_int, (c_void_p, c_char_p, _LENGTH, c_char_p, c_size_t)),
    "EVP_PKEY_decrypt_init": (c_int, (c_void_p,)),
    "EVP_PKEY_decrypt": (c_int, (c_void_p, c_char_p, _LENGTH, c_char_p, c_size_t)),
}


class Libcrypto:
    """A libcrypto; each function of the table above is an attribute. Raises `AttributeError` when one is not there."""

    def __init__(self, library: ctypes.CDLL) -> None:
        for name, (answer, arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = answer, arguments
            setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def last_error(self) -> str:
        """What went wrong last in this thread, in libcrypto's words; empty when it says nothing."""
        number = self.ERR_get_error()
        self.ERR_clear_error()
        if not number:
            return ""
        text = ctypes.create_string_buffer(256)
        self.ERR_error_string_n(number, text, len(text))
        return text.value.decode("ascii", "replace")


def libcrypto() -> Libcrypto | None:
    """The libcrypto that the installation names, else the system's; None when there is none with what SM2 needs."""
    named = settings.TANHUI_KEYS.sm_libcrypto
    return _load((named,) if named else NAMES)


@cache
def _load(names: tuple[str, ...]) -> Libcrypto | None:
    for name in (*names, *filter(None, [find_library("crypto") if names == NAMES else None])):
        try:
            return Libcrypto(ctypes.CDLL(name))
        except (OSError, AttributeError):
            continue
    return None
