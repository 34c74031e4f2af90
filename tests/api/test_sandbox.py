"""A test key works the same interface in books of its own: nothing of it is in the live ones, and it begins anew at will."""

import pytest
from tests.api.doors import API, Doorway
from tests.batches import whole


@pytest.fixture
def sandbox(django_db_setup, django_db_blocker, run_of_tests, worker_id):
    with django_db_blocker.unblock():
        with Doorway.open(live=False) as doorway:
            yield doorway
        run_of_tests.drop(run_of_tests.database(worker_id) + "_sandbox")


def test_the_sandbox_never_touches_the_books_and_begins_anew(sandbox):
    sandbox.headers()
    before = whole(without=["credentials_nonce", "credentials_sandbox", "audit_event"])
    sent, bad = sandbox.event(), sandbox.event(distance_km=-1)
    told = sandbox.send(sent, bad).json()["results"]
    assert [one["status"] for one in told] == ["accepted", "refused"]
    assert told[0]["reduction_mg"] == 467_000
    assert sandbox.send(sent).json()["status"] == "duplicate"
    assert sandbox.get(f"/activities/{sent['id']}").json()["status"] == "accepted"
    path = f"{API}/activities/{sent['id']}/withdrawals"
    withdrawn = sandbox.client.post(path, json={"reason": "test"}, headers=sandbox.headers(idempotency_key="k"))
    assert withdrawn.status_code == 201, withdrawn.text
    assert sandbox.client.post(f"{API}/sandbox/reset", headers=sandbox.headers()).json() == {"sandbox": 2}
    assert sandbox.get(f"/activities/{sent['id']}").status_code == 404
    assert sandbox.send(sent).json()["status"] == "accepted"
    assert whole(without=["credentials_nonce", "credentials_sandbox", "audit_event"]) == before


def test_a_live_key_cannot_reset_anything(doorway):
    answer = doorway.client.post(f"{API}/sandbox/reset", headers=doorway.headers())
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
