"""Nothing that is sent makes the sign-in fail of itself, or say what it is made of."""

import json

import pytest
from django.test import Client
from tests.staffing import ROOT, settled

BODIES = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff", b"[" * 60_000, b'{"a":' * 10_000, b'{"username": "\\ud800", "password": "x"}',
    b'{"username": "alice", "password": "\\udfff", "code": "\\ud800"}', b'{"username": "a\\u0000b", "password": "x\\u0000"}', b"{}",
    b'{"username": {"a": 1}, "password": ["x"], "code": {"x": 1}, "credential": {"id": 1}, "name": 5, "sessions": "x", "authenticators": [{}]}',
    b'{"username": 1e999, "password": NaN, "code": true, "credential": null, "sessions": [null, "x", -1, 99999999999999999999]}',
    json.dumps({"username": "a" * 60_000, "password": "b", "code": "1" * 300, "credential": "x", "new_password": "y", "name": "n" * 300}).encode(),
    b"{" + b" " * 70_000 + b"}",
]  # fmt: skip
PATHS = [
    ("POST", "auth/login"), ("POST", "auth/2fa/authenticate"), ("POST", "auth/2fa/reauthenticate"), ("POST", "auth/reauthenticate"), ("DELETE", "auth/session"),
    ("POST", "account/authenticators/totp"), ("POST", "account/authenticators/webauthn"), ("PUT", "account/authenticators/webauthn"),
    ("DELETE", "account/authenticators/webauthn"), ("POST", "account/password/change"), ("POST", "auth/webauthn/login"), ("POST", "auth/webauthn/authenticate"),
    ("POST", "auth/webauthn/reauthenticate"), ("DELETE", "auth/sessions"), ("PATCH", "auth/login"), ("POST", "account/authenticators/recovery-codes"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), PATHS, ids=[f"{method} {path}" for method, path in PATHS])
def test_whatever_is_sent_is_answered_and_no_fault(method, path, settings):
    settings.ACCOUNT_RATE_LIMITS = {
        "login_failed": None,
        "login": None,
        "reauthenticate": None,
        "change_password": None,
    }
    settings.MFA_RATE_LIMITS = {"webauthn_login": None}
    settings.AXES_FAILURE_LIMIT = 10_000
    browser, _ = settled("alice")
    client = Client(raise_request_exception=False)
    for headers in ({}, {"x-session-token": browser.token}, {"x-session-token": "\xff\x00:é"}):
        for body in BODIES:
            answer = client.generic(method, ROOT + path, body, content_type="application/json", headers=headers)
            assert 200 <= answer.status_code < 500, (headers, body[:80], answer.status_code)
            assert "set-cookie" not in answer.headers
            assert b"Traceback" not in answer.content


@pytest.mark.parametrize("body", BODIES[1:11])
def test_a_body_that_is_no_object_of_texts_is_refused(body):
    answer = Client().generic("POST", ROOT + "auth/login", body, content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unreadable")
