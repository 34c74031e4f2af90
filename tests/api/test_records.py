"""A partner looks its record up, puts it right and takes it back; the same key of a request gives the same answer."""

from tests.api.doors import API
from tests.batches import postings_of, unbalanced


def change(doorway, name, what, body, key):
    headers = doorway.headers(idempotency_key=key) if key else doorway.headers()
    return doorway.client.post(f"{API}/activities/{name}/{what}", json=body, headers=headers)


def test_a_record_is_corrected_twice_and_withdrawn_and_each_request_has_one_effect(doorway):
    sent = doorway.event()
    name = sent["id"]
    doorway.send(sent)
    right = {"reason": "three stops less", "fields": {"distance_km": 4.2}}
    first = change(doorway, name, "corrections", right, "k1")
    assert first.status_code == 201, first.text
    assert first.json()["reduction_mg"] == {"before": 467_000, "after": 196_140}
    second = change(doorway, name, "corrections", {"reason": "no, five", "fields": {"distance_km": "5"}}, "k2")
    assert second.json()["reduction_mg"] == {"before": 196_140, "after": 233_500}
    again = change(doorway, name, "corrections", right, "k1")
    assert (again.status_code, again.json(), again.headers["idempotency-replayed"]) == (200, first.json(), "true")
    other = change(doorway, name, "corrections", right | {"reason": "else"}, "k1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert doorway.get(f"/activities/{name}").json()["reduction_mg"] == 233_500
    assert change(doorway, name, "withdrawals", {"reason": "refunded"}, "k3").json()["reduction_mg"]["after"] == 0
    assert change(doorway, name, "withdrawals", {"reason": "refunded"}, "k3").status_code == 200
    gone = doorway.get(f"/activities/{name}").json()
    assert (gone["status"], gone["credited_mg"]) == ("withdrawn", 0)
    assert (
        change(doorway, name, "withdrawals", {"reason": "again"}, "k4").json()["reason"]["code"] == "already_withdrawn"
    )
    assert sum(row["credited_mg"] for row in postings_of(doorway.terms.id)) == 0
    assert not unbalanced()


def test_what_cannot_be_changed_is_refused_and_changes_nothing(doorway):
    sent = doorway.event()
    doorway.send(sent)
    before = postings_of(doorway.terms.id)
    found = [
        change(doorway, name, what, body, key).status_code
        for name, what, body, key in (
            (sent["id"], "corrections", {"reason": "x", "fields": {"distance_km": 4}}, ""),
            (sent["id"], "corrections", {"reason": " ", "fields": {"distance_km": 4}}, "a"),
            (sent["id"], "corrections", {"reason": "x", "fields": {"distance_km": "four"}}, "b"),
            (sent["id"], "corrections", {"reason": "x", "fields": {"steps": 4}}, "c"),
            (sent["id"], "corrections", {"reason": "x", "fields": {"distance_km": 10}}, "d"),
            (sent["id"], "withdrawals", {"reason": "x", "fields": {}}, "e"),
            ("nobody's", "withdrawals", {"reason": "x"}, "f"),
        )
    ]
    assert found == [400, 422, 422, 422, 422, 400, 404]
    assert postings_of(doorway.terms.id) == before


def test_a_refused_record_is_found_with_its_reason_and_is_settled_when_it_comes_right(doorway):
    from tests.batches import query

    sent = doorway.event(distance_km="ten", colour="red")
    answer = doorway.send(sent, headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert (answer.status_code, answer.headers["content-language"]) == (422, "zh")
    assert answer.json()["detail"] == "“ten”不是数（distance_km）。"
    found = doorway.get(f"/activities/{sent['id']}").json()
    assert (found["status"], found["last_refusal"]["reason"]["code"]) == ("refused", "not_a_number")
    (kept,) = query("SELECT * FROM collect_quarantined_row WHERE partner_id = %s", [doorway.terms.id])
    assert (kept["state"], "colour" in kept["raw"], '"ten"' in kept["raw"]) == ("open", False, True)
    right = doorway.send(sent | {"data": sent["data"] | {"distance_km": 10}})
    assert right.json()["notices"][0]["fields"] == ["data.colour"]
    (kept,) = query("SELECT * FROM collect_quarantined_row WHERE partner_id = %s", [doorway.terms.id])
    assert kept["state"] == "resubmitted"
    assert doorway.get(f"/activities/{sent['id']}").json()["status"] == "accepted"
    assert doorway.get("/activities/nobody's").status_code == 404


def test_strict_is_all_or_nothing(doorway):
    good, bad = doorway.event(), doorway.event(distance_km=-5)
    strict = {"prefer": "handling=strict"}
    answer = doorway.send(good, bad, headers=strict)
    assert (answer.status_code, answer.headers["preference-applied"]) == (422, "handling=strict")
    assert [one["status"] for one in answer.json()["results"]] == ["accepted", "refused"]
    assert "key" not in answer.json()["results"][0]
    assert postings_of(doorway.terms.id) == []
    assert doorway.send(good, doorway.event(), headers=strict).json()["counts"]["accepted"] == 2
