"""SM2 through the system's libcrypto: the standard's own examples, other identifiers, altered input, and no libcrypto."""

import base64
import subprocess
import sys
from dataclasses import replace

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from tanhui.core.refusal import Refusal
from tanhui.support.security.keys.suites import sm2
from tanhui.support.security.keys.suites.suite import InvalidTag

# The examples of GB/T 32918 (GM/T 0003) on the recommended curve, as other implementations' tests quote them.
D = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
POINT = (
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
ALGORITHM = "301306072a8648ce3d020106082a811ccf5501822d"
PLAIN = b"encryption standard"
SEALED = bytes.fromhex(
    "307c"
    "022004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "022100e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "042059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "041321886ca989ca9c7d58087307ca93092d651efa"
)


def pem(kind: str, der: str) -> bytes:
    body = base64.b64encode(bytes.fromhex(der)).decode()
    return f"-----BEGIN {kind} KEY-----\n{body}\n-----END {kind} KEY-----\n".encode()


PUBLIC = pem("PUBLIC", f"3059{ALGORITHM}034200{POINT}")
PRIVATE = pem("PRIVATE", f"308187020100{ALGORITHM}046d306b0201010420{D}a144034200{POINT}")


def test_the_standards_signature_verifies():
    signature = encode_dss_signature(R, S)

    assert sm2.verify(PUBLIC, b"message digest", signature)
    assert not sm2.verify(PUBLIC, b"message digest.", signature)
    assert not sm2.verify(PUBLIC, b"message digest", encode_dss_signature(S, R))
    assert not sm2.verify(PUBLIC, b"message digest", encode_dss_signature(R, S), identifier=b"91330000MA27XXXXXX")


def test_the_standards_ciphertext_is_decrypted():
    assert sm2.decrypt(PRIVATE, SEALED) == PLAIN


def test_the_public_key_is_the_standards():
    read = base64.b64decode(b"".join(sm2.public_of(PRIVATE).splitlines()[1:-1]))
    assert read.hex().endswith(POINT)


def test_an_identifier_of_ones_own():
    signature = sm2.sign(PRIVATE, b"message", identifier=b"91330000MA27XXXXXX")

    assert sm2.verify(PUBLIC, b"message", signature, identifier=b"91330000MA27XXXXXX")
    assert not sm2.verify(PUBLIC, b"message", signature)


def test_nonces_are_fresh():
    assert len({sm2.sign(PRIVATE, b"message") for _ in range(20)}) == 20
    assert len({sm2.encrypt(PUBLIC, b"message") for _ in range(20)}) == 20


@pytest.mark.parametrize("plain", [b"x", b"\0" * 100, "欧阳".encode(), bytes(range(256)) * 40])
def test_what_is_encrypted_is_decrypted(plain):
    assert sm2.decrypt(PRIVATE, sm2.encrypt(PUBLIC, plain)) == plain


def test_an_altered_ciphertext_is_refused():
    sealed = sm2.encrypt(PUBLIC, b"points=9000")
    for n in range(len(sealed)):
        with pytest.raises(InvalidTag):
            sm2.decrypt(PRIVATE, sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :])
    for wrong in (b"", b"0", sealed[:-1]):
        with pytest.raises(InvalidTag):
            sm2.decrypt(PRIVATE, wrong)
    with pytest.raises(InvalidTag):
        sm2.decrypt(sm2.new_key(), sealed)


def test_keys_of_other_curves_and_under_a_password_are_refused():
    foreign = ec.generate_private_key(ec.SECP256R1())
    locked = foreign.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    for private in (foreign.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), locked, b"\0", PUBLIC):
        with pytest.raises(Refusal) as refusal:
            sm2.sign(private, b"message")
        assert refusal.value.code == "signing_key"
    public = foreign.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(Refusal) as refusal:
        sm2.verify(public, b"message", encode_dss_signature(R, S))
    assert refusal.value.code == "signing_key"


def test_a_point_off_the_curve_is_no_key():
    with pytest.raises(Refusal) as refusal:
        sm2.verify(pem("PUBLIC", f"3059{ALGORITHM}034200{POINT[:-2]}14"), b"message", encode_dss_signature(R, S))
    assert refusal.value.code == "signing_key"


@pytest.mark.parametrize("library", ["/no/such/libcrypto.so", "libc.so.6"])
def test_without_a_libcrypto_that_has_it_sm2_is_refused(settings, library):
    assert sm2.available()
    settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, sm_libcrypto=library)

    assert not sm2.available()
    for action in (sm2.new_key, lambda: sm2.sign(PRIVATE, b"message"), lambda: sm2.verify(PUBLIC, b"m", b"s")):
        with pytest.raises(Refusal) as refusal:
            action()
        assert (refusal.value.code, refusal.value.field) == ("sm2_missing", "TANHUI_SM_LIBCRYPTO")


def test_many_threads_at_once():
    from concurrent.futures import ThreadPoolExecutor

    def once(number: int) -> bool:
        message = str(number).encode()
        bad = sm2.verify(PUBLIC, message, b"no signature")
        return sm2.verify(PUBLIC, message, sm2.sign(PRIVATE, message)) and not bad

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(once, range(200)))


def test_memory_does_not_grow_with_use():
    program = (
        "import resource\nfrom tests.unit.keys.test_sm2 import PRIVATE, PUBLIC\n"
        "from tanhui.support.security.keys.suites import sm2\n"
        "from django.conf import settings\n"
        "def use(times):\n"
        "    for _ in range(times):\n"
        "        assert sm2.verify(PUBLIC, b'm', sm2.sign(PRIVATE, b'm')) and not sm2.verify(PUBLIC, b'm', b'x')\n"
        "        sm2.decrypt(PRIVATE, sm2.encrypt(PUBLIC, b'm')), sm2.public_of(PRIVATE)\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = use(300)\nprint(use(1500) - before)\n"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(answer.stdout) < 2_000, "kilobytes"


def test_a_key_made_here_is_read_elsewhere():
    with pytest.raises(UnsupportedAlgorithm, match=r"1\.2\.156\.10197\.1\.301"):  # SM2, which it has not
        load_der_private_key(base64.b64decode(b"".join(sm2.new_key().splitlines()[1:-1])), password=None)
