"""Keys issued, replaced and revoked; nonces seen; sandboxes begun anew; answers kept."""

import hmac
import re
import secrets
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.db import connection

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.participants.credentials.models import KeptAnswer, Key, Limit
from tanhui.participants.credentials.types import KINDS, IssuedKey, Kind, Limits
from tanhui.support.security.keys.suites import sm2

ED25519_BYTES = 32
LONGEST_NONCE = 64


def issue_key(
    *, partner_id: int, kind: Kind, live: bool, name: str, public_key: str | None, master: bytes, now: datetime
) -> IssuedKey:
    """A new key of the partner. `public_key` (PEM, or base64 of its bytes) is for the kinds whose secret the partner keeps.

    Raises `Refusal`: `key_kind_unknown`, `public_key_missing`, `public_key_unreadable`, `public_key_not_wanted`.
    """
    if kind not in KINDS:
        text = Text("没有“{k}”这种密钥；可用：{a}。", "There is no kind of key “{k}”; there are {a}.")
        raise Refusal("key_kind_unknown", text.format(k=kind, a=", ".join(KINDS)), field="kind")
    code = f"{'live' if live else 'test'}_{secrets.token_hex(10)}"
    secret, hashed, public = None, None, None
    if kind in {"secret", "hmac-sha256"}:
        if public_key is not None:
            text = Text(
                "{k} 密钥由平台生成，不需要公钥。", "A key of the kind {k} is made here; it takes no public key."
            )
            raise Refusal("public_key_not_wanted", text.format(k=kind), field="public_key")
        secret = secrets.token_urlsafe(32) if kind == "secret" else _written(hmac_key(code, master=master))
        hashed = secret_hash(secret) if kind == "secret" else None
    else:
        public = _public_key(kind, public_key)
    Key.objects.create(
        code=code,
        partner_id=partner_id,
        kind=kind,
        live=live,
        name=name,
        secret_hash=hashed,
        public_key=public,
        issued_at=now,
    )
    return IssuedKey(code, kind, live, secret)


def end_key(code: str, *, at: datetime) -> None:
    """From then on the key opens nothing; one that ends sooner keeps its end. Raises `Refusal`: `key_unknown`."""
    key = Key.objects.select_for_update().filter(code=code).first()
    if key is None:
        text = Text("没有密钥 {c}。", "There is no key {c}.").format(c=code[:60])
        raise Refusal("key_unknown", text, field="key")
    if key.ends_at is None or at < key.ends_at:
        Key.objects.filter(pk=key.pk).update(ends_at=at)


def set_limits(*, partner_id: int, limits: Limits) -> None:
    """How much the partner may ask for from now on."""
    Limit.objects.update_or_create(
        partner_id=partner_id,
        defaults={"requests_per_minute": limits.requests_per_minute, "records_per_minute": limits.records_per_minute},
    )


def secret_hash(secret: str) -> bytes:
    """What is kept of a secret. It is 256 random bits, which nobody finds by trying: a plain hash serves."""
    return sha256(secret.encode()).digest()


def hmac_key(code: str, *, master: bytes) -> bytes:
    """The HMAC key of that code, 32 bytes: derived from the installation's key, so that no secret is kept anywhere."""
    return HKDF(SHA256(), length=32, salt=None, info=b"tanhui partner hmac key\0" + code.encode()).derive(master)


def is_secret(given: str, hashed: bytes | None) -> bool:
    """Whether that is the secret, in a time that does not tell."""
    return hmac.compare_digest(secret_hash(given), hashed or bytes(32)) and hashed is not None


def take_nonce(*, key_id: int, nonce: str, ends_at: datetime, now: datetime) -> bool:
    """Whether this nonce of the key is seen for the first time; it is remembered till `ends_at`, by all processes.

    Of those remembered too long a few are forgotten.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM credentials_nonce WHERE (key_id, nonce) IN (SELECT key_id, nonce FROM credentials_nonce "
            "WHERE ends_at < %s LIMIT 20 FOR UPDATE SKIP LOCKED)",
            [now],
        )
        cursor.execute(
            "INSERT INTO credentials_nonce (key_id, nonce, ends_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [key_id, nonce, ends_at],
        )
        return bool(cursor.rowcount)


def begin_sandbox_anew(*, partner_id: int) -> int:
    """The number of the partner's sandbox after this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO credentials_sandbox (partner_id, generation) VALUES (%s, 2) ON CONFLICT (partner_id) "
            "DO UPDATE SET generation = credentials_sandbox.generation + 1 RETURNING generation",
            [partner_id],
        )
        return int(cursor.fetchone()[0])


def keep_answer(*, partner_id: int, key: str, request: bytes, answer: dict[str, Any], now: datetime) -> None:
    """Keeps what was answered to a request under this key."""
    KeptAnswer.objects.create(partner_id=partner_id, key=key, request=request, answer=answer, answered_at=now)


def _written(key: bytes) -> str:
    return urlsafe_b64encode(key).decode().rstrip("=")


def _public_key(kind: Kind, given: str | None) -> bytes:
    if given is None:
        text = Text(
            "{k} 密钥需要公钥（PEM 或 base64）。", "A key of the kind {k} needs its public key (PEM or base64)."
        )
        raise Refusal("public_key_missing", text.format(k=kind), field="public_key")
    raw = _ed25519(given) if kind == "ed25519" else _sm2(given)
    if raw is None:
        text = Text("无法读取该 {k} 公钥（PEM 或 base64）。", "This is no public key of the kind {k} (PEM or base64).")
        raise Refusal("public_key_unreadable", text.format(k=kind), field="public_key")
    return raw


def _ed25519(given: str) -> bytes | None:
    if "-----BEGIN" in given:
        try:
            key = load_pem_public_key(given.encode())
        except (ValueError, UnsupportedAlgorithm):
            return None
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw) if isinstance(key, Ed25519PublicKey) else None
    try:
        raw = b64decode(re.sub(r"\s", "", given).translate(str.maketrans("-_", "+/")) + "==", validate=False)
    except (NotBase64, ValueError):
        return None
    return raw if len(raw) == ED25519_BYTES else None


def _sm2(given: str) -> bytes | None:
    """The key as PEM, when it is one of SM2. Raises `Refusal`: `sm2_missing`."""
    pem = given.encode("utf-8", "replace")
    try:
        sm2.verify(pem, b"", b"")
    except Refusal as refusal:
        if refusal.code == "signing_key":
            return None
        raise
    return pem
