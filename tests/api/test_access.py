"""Who is let in, how long, how often; and that what cannot be read is told without telling of the inside."""

import gzip
import json
from datetime import timedelta

import pytest
from tests.api.doors import API, BATCH, MASTER, NOW, SINGLE, Doorway, event
from tests.batches import postings_of


def test_a_wrong_secret_opens_nothing(doorway):
    for form in (
        {"client_id": doorway.key.code, "client_secret": "wrong"},
        {"client_id": "nobody", "client_secret": doorway.key.secret},
        {},
    ):
        answer = doorway.client.post(f"{API}/oauth/token", data={"grant_type": "client_credentials", **form})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    form = {"grant_type": "password"}
    assert doorway.client.post(f"{API}/oauth/token", data=form).json()["error"] == "unsupported_grant_type"
    basic = doorway.client.post(
        f"{API}/oauth/token", data={"grant_type": "client_credentials"}, auth=(doorway.key.code, doorway.key.secret)
    )
    assert basic.json()["expires_in"] == 600


@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer x", "Bearer tanhui_a:b", "Basic eDp5", "Bearer " + "x" * 9_000]
)
def test_without_a_token_of_ours_nobody_is_let_in(doorway, token):
    answer = doorway.client.get(f"{API}/me", headers={"authorization": token})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


def test_a_token_runs_out_and_a_revoked_key_takes_its_tokens_with_it(doorway, monkeypatch):
    from tanhui.flows.partner_keys import revoke_credentials, rotate_credentials
    from tanhui.presentation.api.partner import keyring

    monkeypatch.setattr(keyring, "BELIEVED_S", 0.0)
    assert doorway.get("/me").json()["partner"] == doorway.partner
    newer = rotate_credentials(doorway.key.code, master=MASTER, now=NOW, overlap=timedelta(hours=1))
    assert doorway.get("/me").status_code == 200
    doorway.clock.now = NOW + timedelta(seconds=601)
    assert doorway.get("/me").status_code == 401
    doorway.token = doorway.sign_in()
    doorway.clock.now = NOW + timedelta(hours=1)
    doorway.token = doorway.sign_in(newer)
    assert [key["opens"] for key in doorway.get("/me").json()["keys"]] == [False, True]
    revoke_credentials(newer.code, now=doorway.clock.now)
    assert doorway.get("/me").status_code == 401


def test_what_is_kept_of_a_key_does_not_open_anything(doorway):
    from tests.batches import query

    hmac = doorway.issue("hmac-sha256")
    assert doorway.key.secret not in str(rows := query("SELECT * FROM credentials_key")) + str(
        query("SELECT * FROM credentials_kept_answer")
    )
    assert hmac.secret not in str(rows)


def test_beyond_the_limit_is_429_and_the_fields_tell_what_is_left(django_db_setup, django_db_blocker):
    from tanhui.participants.credentials.types import Limits

    with django_db_blocker.unblock(), Doorway.open(limits=Limits(5, 20)) as doorway:
        first = doorway.get("/me")
        assert first.headers["ratelimit-policy"] == '"requests";q=5;w=60, "records";q=20;w=60'
        assert first.headers["ratelimit"].startswith('"requests";r=4;t=12, "records";r=20')
        assert doorway.send(*[doorway.event() for _ in range(15)]).status_code == 200
        many = doorway.send(*[doorway.event() for _ in range(15)])
        assert (many.status_code, many.json()["code"]) == (429, "rate_limited")
        assert 1 <= int(many.headers["retry-after"]) <= 30
        statuses = [doorway.get("/me").status_code for _ in range(4)]
        assert statuses == [200, 200, 429, 429]
        assert len(postings_of(doorway.terms.id)) == 15


DEEP = b"[" * 50_000 + b"]" * 50_000


@pytest.mark.parametrize(
    ("body", "kind", "headers", "status"),
    [
        (b"", SINGLE, {}, 400),
        (b"{", SINGLE, {}, 400),
        (b"[]", "text/plain", {}, 415),
        (b"{}", BATCH, {}, 400),
        (DEEP, SINGLE, {}, 400),
        (b"[" + DEEP + b"]", BATCH, {}, 400),
        (b"[]", BATCH, {"content-encoding": "zstd"}, 415),
        (b"[]", BATCH, {"content-encoding": "gzip"}, 400),
        (gzip.compress(b" " * 20_000_000 + b"[]"), BATCH, {"content-encoding": "gzip"}, 413),
        (b" " * 9_000_000, BATCH, {}, 413),
        (b"[" + b"1," * 10_000 + b"1]", BATCH, {}, 413),
    ],
    ids=["empty", "broken", "text", "object", "deep", "deep batch", "zstd", "no gzip", "bomb", "large", "many"],
)
def test_what_cannot_be_read_is_a_problem_of_its_own(doorway, body, kind, headers, status):
    answer = doorway.post(body, kind, headers)
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "code", "detail", "request_id"} <= told.keys()
    assert doorway.client.get(told["type"]).status_code == 200
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"specversion": "0.3"}, "wrong_value", "specversion"),
        ({"id": ""}, "wrong_value", "id"),
        ({"id": 7}, "wrong_value", "id"),
        ({"subject": None}, "person_missing", "subject"),
        ({"type": "x"}, "wrong_value", "type"),
        ({"time": "2026-01-20T08:30:00"}, "bad_date", "time"),
        ({"time": "yesterday"}, "bad_date", "time"),
        ({"time": "2027-01-20T08:30:00Z"}, "in_the_future", "time"),
        ({"time": "2024-01-20T08:30:00Z"}, "before_agreement", "time"),
        ({"data": []}, "wrong_value", "data"),
        ({"data": {"region": "440300", "distance_km": 1}}, "missing_field", "data.behavior"),
        ({"data": {"behavior": True, "region": "440300"}}, "wrong_value", "data.behavior"),
        ({"data": {"behavior": 99, "region": "440300"}}, "wrong_value", "data.behavior"),
        ({"data": {"behavior": "metro", "region": "440300"}}, "missing_field", "data.distance_km"),
        ({"data": {"behavior": "metro", "distance_km": 1}}, "missing_field", "data.region"),
        ({"data": {"behavior": "metro", "region": 440300, "distance_km": 1}}, "wrong_value", "data.region"),
        ({"data": {"behavior": "metro", "region": "440300", "distance_km": {}}}, "not_a_number", "data.distance_km"),
        ({"data": {"behavior": "metro", "region": "440300", "distance_km": True}}, "not_a_number", "data.distance_km"),
        ({"data": {"behavior": "metro", "region": "440300", "distance_km": 1, "variant": "?"}}, "variant_unknown", "data.variant"),
        ({"data": {"behavior": "metro", "region": "440300", "distance_km": 1, "evidence": "hearsay"}}, "wrong_value", "data.evidence"),
        ({"data": {"behavior": "metro", "region": "440300", "distance_km": 1, "duration_s": -1}}, "out_of_bounds", "data.duration_s"),
        ({"data": {"behavior": "metro", "region": "440300", "distance_km": 1, "ended_at": "2026-01-01T00:00:00Z"}}, "out_of_bounds", "data.ended_at"),
        ({"data": {"behavior": "metro", "region": "440300", "distance_km": 1, "ended_at": "x", "duration_s": 1}}, "given_twice", "data.duration_s"),
    ],
)  # fmt: skip
def test_a_bad_event_is_told_by_its_field(doorway, change, code, field):
    answer = doorway.send(event("r-9") | change)
    assert answer.status_code == 422, answer.text
    reason = answer.json()["reason"]
    assert (reason["code"], reason["field"]) == (code, field)
    assert reason["zh"] != reason["en"]
    assert postings_of(doorway.terms.id) == []


def test_binary_mode_is_the_same_event(doorway):
    sent = doorway.event(subject="李雷")
    headers = {f"ce-{name}": value for name, value in sent.items() if name != "data"} | {
        "ce-subject": "%E6%9D%8E%E9%9B%B7"
    }
    answer = doorway.post(json.dumps(sent["data"]).encode(), "application/json", headers)
    assert answer.status_code == 201, answer.text
    assert doorway.send(sent).json()["status"] == "duplicate"


def test_behaviors_tell_fields_units_and_bounds(doorway):
    (metro,) = doorway.get("/behaviors?behavior=metro").json()["behaviors"]
    assert metro["number"] == 19
    assert {field["name"]: field["unit"] for field in metro["fields"]} == {"distance_km": "km", "rides": "ride"}
    assert len(doorway.get("/behaviors").json()["behaviors"]) == 59
    assert doorway.client.get(f"{API}/docs").status_code == 200
    assert doorway.client.get(f"{API}/openapi.json").json()["openapi"] == "3.1.0"
