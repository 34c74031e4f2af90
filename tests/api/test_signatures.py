"""A signed request: by three algorithms, once, lately, and only as it was signed."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import HTTPMessageSigner, HTTPSignatureAlgorithm, HTTPSignatureKeyResolver, algorithms
from tests.api.doors import API, MASTER, NOW, SINGLE

URL = f"http://door.test{API}/activities"
COVERED = ("@method", "@target-uri", "content-type")


class Sm2(HTTPSignatureAlgorithm):
    algorithm_id = "sm2-sm3"

    def __init__(self, public_key: Any = None, private_key: Any = None) -> None:
        self.private_key = private_key

    def sign(self, message: bytes) -> bytes:
        from tanhui.support.security.keys.suites import sm2

        return sm2.sign(self.private_key, message)


class One(HTTPSignatureKeyResolver):
    def __init__(self, key: Any) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> Any:
        return self.key

    def resolve_public_key(self, key_id: str) -> Any:
        return self.key


@pytest.fixture(params=["ed25519", "hmac-sha256", "sm2"])
def signer(doorway, request):
    """Signs requests with a new key of that kind."""
    from tanhui.participants.credentials.services import hmac_key
    from tanhui.support.security.keys.suites import sm2

    if request.param == "ed25519":
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        key, algorithm = doorway.issue("ed25519", public_key=public), algorithms.ED25519
    elif request.param == "sm2":
        private = sm2.new_key()
        key, algorithm = doorway.issue("sm2", public_key=sm2.public_of(private).decode()), Sm2
    else:
        key, algorithm = doorway.issue("hmac-sha256"), algorithms.HMAC_SHA256
        private = hmac_key(key.code, master=MASTER)

    def sign(body: bytes, *, nonce: str = "n-1", created: datetime = NOW, covered=COVERED, kind=SINGLE, **more):
        message = SimpleNamespace(method="POST", url=URL, headers={"content-type": kind, **more})
        HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=One(private)).sign(
            message, key_id=key.code, created=created, nonce=nonce, covered_component_ids=covered, body=body
        )
        return message.headers

    sign.key = key
    return sign


def post(doorway, body: bytes, headers):
    return doorway.client.post(f"{API}/activities", content=body, headers=headers)


def test_a_signed_request_is_taken_once(doorway, signer):
    body = json.dumps(doorway.event()).encode()
    headers = signer(body)
    first = post(doorway, body, headers)
    assert first.status_code == 201, first.text
    again = post(doorway, body, headers)
    assert (again.status_code, again.json()["code"]) == (401, "invalid_signature")
    assert "nonce" in again.json()["detail"]
    assert post(doorway, body, signer(body, nonce="n-2")).json()["status"] == "duplicate"


@pytest.mark.parametrize("signer", ["ed25519"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        lambda sign, body: (body.replace(b"anna", b"bert"), sign(body)),
        lambda sign, body: (body, sign(body) | {"content-digest": "sha-256=:" + "A" * 43 + "=:"}),
        lambda sign, body: (body, {k: v for k, v in sign(body).items() if k.lower() != "content-digest"}),
        lambda sign, body: (body, sign(body) | {"content-type": "application/cloudevents-batch+json"}),
        lambda sign, body: (body, sign(body) | {"prefer": "handling=strict"}),
        lambda sign, body: (body, sign(body, covered=("@method", "content-type"))),
        lambda sign, body: (body, sign(body, created=NOW - timedelta(seconds=331))),
        lambda sign, body: (body, sign(body, created=NOW + timedelta(seconds=31))),
        lambda sign, body: (body, sign(body, nonce="")),
        lambda sign, body: (body, {k: v.replace("keyid", "keyId") for k, v in sign(body).items()}),
        lambda sign, body: (body, {k: v.replace(sign.key.code, "live_nobody") for k, v in sign(body).items()}),
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_signed_is_refused_and_nothing_booked(doorway, signer, change):
    event = doorway.event()
    body, headers = change(signer, json.dumps(event).encode())
    answer = post(doorway, body, headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_signature"), answer.text
    assert doorway.get(f"/activities/{event['id']}").status_code == 404


@pytest.mark.parametrize("signer", ["hmac-sha256"], indirect=True)
def test_a_nonce_is_known_to_another_process_and_forgotten_when_it_cannot_serve_any_more(doorway, signer):
    from tests.batches import query

    from tanhui.flows.partner_keys import seen_first

    body = json.dumps(doorway.event()).encode()
    assert post(doorway, body, signer(body, nonce="shared")).status_code == 201
    (row,) = query("SELECT * FROM credentials_nonce WHERE nonce = 'shared'")
    taken = {"key_id": row["key_id"], "nonce": "shared", "ends_at": row["ends_at"]}
    assert not seen_first(**taken, now=NOW)
    later = datetime(2027, 1, 1, tzinfo=UTC)
    assert seen_first(**(taken | {"nonce": "other", "ends_at": later + timedelta(hours=1)}), now=later)
    assert [
        one["nonce"] for one in query("SELECT nonce FROM credentials_nonce WHERE key_id = %s", [row["key_id"]])
    ] == ["other"]
