"""What a partner sends is booked when it is answered, record by record, and a bad record is refused by itself."""

from tests.api.doors import ends


def test_one_event_is_booked_and_answered_with_its_figures(doorway):
    sent = doorway.event()
    answer = doorway.send(sent)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told == {
        "id": sent["id"], "status": "accepted", "key": told["key"], "reduction_mg": 467_000, "credited_mg": 467_000,
        "points_milli": 467_000, "capped": False,
    }  # fmt: skip
    again = doorway.send(sent)
    assert again.status_code == 200
    assert again.json() | {"status": "accepted"} == told | {"reason": again.json()["reason"]}
    assert again.json()["reason"]["code"] == "duplicate"
    other = doorway.send(sent | {"subject": "berta"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


def test_of_a_batch_the_bad_ones_are_refused_by_themselves_with_the_field(doorway):
    good, other = doorway.event(), doorway.event(distance_km="8.1255")
    bad = [doorway.event(distance_km="ten"), doorway.event(distance_km=-1), doorway.event(region="449999x")]
    answer = doorway.send(good, *bad, other)
    assert answer.status_code == 200
    told = answer.json()
    assert ends(told["results"]) == ["accepted", "not_a_number", "out_of_bounds", "unknown_region", "accepted"]
    assert told["counts"] == {"accepted": 2, "duplicate": 0, "conflict": 0, "refused": 3}
    assert [one["reason"]["field"] for one in told["results"][1:4]] == ["data.distance_km"] * 2 + ["data.region"]
