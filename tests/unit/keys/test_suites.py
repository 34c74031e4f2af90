"""The suites give what the standards' own examples give, and what the `openssl` program gives; and refuse what is altered."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tanhui.core.refusal import Refusal
from tanhui.support.security.keys.suites import INTERNATIONAL, NATIONAL, SUITES, suite_named
from tanhui.support.security.keys.suites.international import AesSealer
from tanhui.support.security.keys.suites.national import Sm4Sealer
from tanhui.support.security.keys.suites.suite import CipherSuite, InvalidTag

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="no openssl program")
GCM_BOUND = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")


def both(function):
    return pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)(function)


def test_aes_256_gcm_as_in_the_gcm_specification():
    """McGrew and Viega, The Galois/Counter Mode of Operation, test case 16."""
    sealer = AesSealer(bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2))
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
        "b16aedf5aa0de657ba637b39"
    )
    sealed = bytes.fromhex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
        "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
    )
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")

    assert sealer.seal(nonce, plain, GCM_BOUND) == sealed
    assert sealer.open(nonce, sealed, GCM_BOUND) == plain


def test_sm4_gcm_as_in_rfc_8998():
    """RFC 8998, appendix A.1."""
    sealer = Sm4Sealer(bytes.fromhex("0123456789abcdeffedcba9876543210"))
    plain = b"".join(bytes([byte] * 8) for byte in bytes.fromhex("aabbccddeeffeeaa"))
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15"
        "a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec"
    )
    nonce = bytes.fromhex("00001234567800000000abcd")

    assert sealer.seal(nonce, plain, GCM_BOUND) == sealed
    assert sealer.open(nonce, sealed, GCM_BOUND) == plain


@pytest.mark.parametrize(
    ("key", "nonce", "bound", "plain", "sealed"),
    [
        ("bedcfb5a011ebc84600fcb296c15af0d", "438a547a94ea88dce46c6c85", "", "", "a486a45596cb92cf529de2038583707d"),
        (
            "384ea416ac3c2f51a76e7d8226346d4e", "b30c084727ad1c592ac21d12", "", "35",
            "a3a06f50a378b116e9dd2363a6e8babd88",
        ),
        (
            "e63a43216c08867210e248859eb5e99c", "9c3a4263d983456658aad4b1", "834afdc5c737186b",
            "b14da56b0462dc05b871fc815273ff4810f92f4b",
            "74011a2daa5b32ff71fc8fdd8b6ac88f3ac34c967888f6f99acd94c4e7f919de632107dd",
        ),
    ],
)  # fmt: skip
def test_sm4_gcm_as_in_wycheproof(key, nonce, bound, plain, sealed):
    """C2SP Wycheproof, sm4_gcm_test.json, cases 2, 3 and 10."""
    sealer = Sm4Sealer(bytes.fromhex(key))
    parts = bytes.fromhex(nonce), bytes.fromhex(plain), bytes.fromhex(bound)

    assert sealer.seal(*parts).hex() == sealed
    assert sealer.open(parts[0], bytes.fromhex(sealed), parts[2]) == parts[1]


def test_sm3_as_in_the_standard():
    """The examples of GB/T 32905 (GM/T 0004), as other implementations' tests quote them."""
    assert NATIONAL.digest(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert NATIONAL.digest(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_keyed_hashes_as_in_their_documents():
    """draft-guo-ipsecme-ikev2-using-shangmi, appendix A.5; RFC 4231, test case 2."""
    message = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    key = bytes.fromhex("00112233445566778899aabbccddeeff")
    assert NATIONAL.mac(key, message).hex() == "dc813339153491ad81477754eb3df00dbb3cc3e6a69f9cacce737db7e61342ff"
    assert (
        INTERNATIONAL.mac(b"Jefe", b"what do ya want for nothing?").hex()
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


@both
def test_what_is_altered_does_not_open(suite: CipherSuite):
    sealer, nonce = suite.sealer(b"k" * 32), bytes(12)
    sealed = sealer.seal(nonce, b"plain", b"bound")

    assert sealer.open(nonce, sealed, b"bound") == b"plain"
    wrong = [
        (nonce, sealed, b"bounD"), (b"\1" * 12, sealed, b"bound"), (nonce, sealed[:-1], b"bound"), (nonce, b"", b"bound"),
        (nonce, sealed[:15], b"bound"),
        *((nonce, sealed[:n] + bytes([sealed[n] ^ 128]) + sealed[n + 1 :], b"bound") for n in range(len(sealed))),
    ]  # fmt: skip
    for parts in wrong:
        with pytest.raises(InvalidTag):
            sealer.open(*parts)
    with pytest.raises(InvalidTag):
        suite.sealer(b"K" * 32).open(nonce, sealed, b"bound")


@both
def test_signatures(suite: CipherSuite):
    private = suite.new_signing_key()
    public, other = suite.public_key(private), suite.public_key(suite.new_signing_key())

    signature = suite.sign(private, b"message")

    assert suite.verify(public, b"message", signature)
    assert suite.verify(public, b"", suite.sign(private, b""))
    assert not suite.verify(public, b"Message", signature)
    assert not suite.verify(other, b"message", signature)
    for n in range(len(signature)):
        assert not suite.verify(public, b"message", signature[:n] + bytes([signature[n] ^ 1]) + signature[n + 1 :])
        assert not suite.verify(public, b"message", signature[:n])
    assert not suite.verify(public, b"message", signature + b"\0")


@both
def test_what_is_no_key_of_the_suite_is_refused_and_not_repeated(suite: CipherSuite):
    other = next(each for each in SUITES.values() if each is not suite)
    foreign = other.new_signing_key()
    for action in (
        lambda: suite.sign(foreign, b"message"),
        lambda: suite.public_key(b"secret words"),
        lambda: suite.sign(b"", b"message"),
        lambda: suite.verify(other.public_key(foreign), b"message", b"x"),
        lambda: suite.verify(b"secret words", b"message", b"x"),
        lambda: suite.verify(suite.new_signing_key(), b"message", b"x"),
    ):
        with pytest.raises(Refusal) as refusal:
            action()
        assert refusal.value.code == "signing_key"
        assert "secret" not in refusal.value.text.en + refusal.value.text.zh


def test_there_is_no_suite_of_another_name():
    assert [suite_named(suite.name).number for suite in SUITES.values()] == [1, 2]
    with pytest.raises(Refusal) as refusal:
        suite_named("rot13")
    assert (refusal.value.code, refusal.value.field) == ("cipher_suite", "TANHUI_CIPHER_SUITE")


def openssl(*arguments: object, give: bytes = b"") -> bytes:
    assert OPENSSL is not None
    return subprocess.run([OPENSSL, *map(str, arguments)], input=give, capture_output=True, check=True).stdout


@needs_openssl
@both
def test_hashes_are_those_of_openssl(suite: CipherSuite):
    name = {"international": "sha256", "national": "sm3"}[suite.name]
    assert openssl("dgst", f"-{name}", "-binary", give=b"message") == suite.digest(b"message")
    mac = openssl("dgst", f"-{name}", "-mac", "HMAC", "-macopt", f"hexkey:{'6b' * 32}", "-binary", give=b"message")
    assert mac == suite.mac(b"k" * 32, b"message")


@needs_openssl
@both
def test_openssl_verifies_our_signatures_and_we_its(suite: CipherSuite, tmp_path: Path):
    key, public, message, signature = (tmp_path / name for name in ("key", "public", "message", "signature"))
    private = suite.new_signing_key()
    key.write_bytes(private)
    public.write_bytes(suite.public_key(private))
    message.write_bytes(b"message")
    signature.write_bytes(suite.sign(private, b"message"))
    sm2 = ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"] if suite is NATIONAL else []
    common = ["pkeyutl", "-rawin", "-in", message, *sm2]

    openssl(*common, "-verify", "-pubin", "-inkey", public, "-sigfile", signature)
    openssl(*common, "-sign", "-inkey", key, "-out", signature)

    assert suite.verify(public.read_bytes(), b"message", signature.read_bytes())


def test_ed25519_as_in_rfc_8032():
    """RFC 8032, section 7.1, test 2."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    private = Ed25519PrivateKey.from_private_bytes(secret)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00"
    )

    assert INTERNATIONAL.sign(pem, b"\x72").hex() == signature
    assert INTERNATIONAL.verify(INTERNATIONAL.public_key(pem), b"\x72", bytes.fromhex(signature))


def test_signatures_of_dsa_form_are_der():
    signature = NATIONAL.sign(NATIONAL.new_signing_key(), b"message")
    assert signature[0] == 0x30
    assert len(encode_dss_signature(2**255, 2**255)) == 72 >= len(signature)
