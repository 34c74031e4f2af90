"""The operator's commands about persons: what they print, and how they end."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.batches import at, walk
from tests.integration.cli.conftest import tanhui
from tests.integration.persons.test_rights import ask
from tests.persons import People

__all__ = ["tanhui"]


@pytest.fixture
def person(people: People) -> int:
    person = people.linked()
    people.desk.send(walk("1"), walk("2", at=at(5)))
    return person


def test_a_person_is_shown_masked(people: People, tanhui: Any, person: int) -> None:
    found = tanhui("person", "show", f"P{person}", "--json").json
    written = tanhui("person", "show", f"P{person}").out

    phone, (name, number) = people.phones[person], people.names[person]
    assert (found["state"], found["phone"]) == ("active", f"{phone[:3]}****{phone[-4:]}")
    for secret in (phone, name, number):
        assert secret not in json.dumps(found, ensure_ascii=False) + written


def test_a_field_is_revealed_with_a_reason_alone(people: People, tanhui: Any, person: int) -> None:
    assert tanhui("person", "reveal", f"P{person}", "real_name").code == 2
    answer = tanhui("person", "reveal", f"P{person}", "real_name", "--reason", "complaint", "--json")
    assert answer.json == {"person": f"P{person}", "real_name": people.names[person][0]}


def test_an_account_goes_through_its_states(tanhui: Any, person: int) -> None:
    def step(name: str) -> Any:
        return tanhui("person", name, f"P{person}", "--reason", "r", "--json").json

    assert step("freeze")["state"] == "frozen"
    assert step("close")["refused"] == "state_refused"
    assert step("unfreeze")["state"] == "active"
    closing = step("close")
    assert (closing["state"], closing["state_until"]) == ("closing", "2026-03-08T04:00:00+00:00")
    assert step("close")["refused"] == "cooling_off"
    assert step("keep")["state"] == "active"


def test_account_explain_and_audit_say_that_the_person_has_gone(people: People, tanhui: Any, person: int) -> None:
    record = tanhui("account", f"P{person}", "--json").json["recent"][0]["record"]
    people.close(person)

    account = tanhui("account", f"P{person}", "--json").json
    assert (account["state"], account["points_milli"], account["reduction_mg"]) == ("closed", 0, 126_000)
    assert "The account is closed" in tanhui("account", f"P{person}").out
    assert tanhui("explain", record, "--json").json["person_state"] == "closed"
    assert "The account is closed" in tanhui("explain", record).out
    assert tanhui("person", "show", f"P{person}", "--json").json["registered"] is False
    assert tanhui("audit").code == 0
    assert tanhui("account", "anna", "--json").json["refused"] == "person_unknown"


def test_the_daily_run_closes_what_is_due(people: People, tanhui: Any, person: int) -> None:
    people.later(days=-7).begin_closing(person)

    answer = tanhui("person", "daily", "--json").json
    assert answer["closed"] == [{"person": f"P{person}", "forfeited_milli": 126_000}]
    assert tanhui("person", "daily", "--json").json["closed"] == []


def test_consents_and_notices_are_listed(people: People, tanhui: Any, person: int) -> None:
    people.withdraw(person)
    lines = tanhui("consents", "list", f"P{person}", "--json").json

    found = {(line["partner"], line["purpose"]): line["given"] for line in lines}
    assert found == {(None, "platform"): True, (None, "identity"): True, (people.desk.terms.code, "collect"): False}
    assert "withdrawn" in tanhui("consents", "list", f"P{person}").out
    notices = tanhui("consents", "notices", "--json").json
    assert {notice["purpose"] for notice in notices} >= {"platform", "identity", "guardian", "collect"}
    assert all(notice["text"]["zh"] and notice["text"]["en"] for notice in notices)


def test_who_obtains_a_partners_consents_is_set(people: People, tanhui: Any) -> None:
    code = people.desk.terms.code
    assert tanhui("consents", "obtain", code, "--by", "partner", "--json").json == {
        "partner": code,
        "consent": "partner",
    }
    assert tanhui("consents", "obtain", "nobody", "--by", "partner", "--json").json["refused"] == "partner_unknown"


def test_a_request_is_listed_shown_and_decided(people: People, tanhui: Any, person: int) -> None:
    number = ask(people.later(days=-40), person, "0" * 36, text="not mine")

    overdue = tanhui("rights", "list", "--overdue", "--json")
    assert (overdue.code, [one["request"] for one in overdue.json]) == (1, [number])
    assert overdue.json[0]["overdue"] is True
    assert "not mine" in tanhui("rights", "show", number).out
    assert tanhui("rights", "decide", number, "--refuse", "--json").json["refused"] == "reason_missing"
    assert tanhui("rights", "decide", number, "--accept", "--note", "withdrawn", "--json").json["state"] == "fulfilled"
    assert tanhui("rights", "list", "--overdue").code == 0
    assert tanhui("rights", "show", 10**9, "--json").json["refused"] == "request_unknown"


def test_an_export_is_verified_with_the_published_key(tanhui: Any, person: int, tmp_path: Path) -> None:
    tanhui("rights", "export", f"P{person}", tmp_path)
    key = tmp_path / "key.pem"
    key.write_text(json.loads(tanhui("rights", "keys").out)[-1]["public"])

    for kind in ("json", "csv"):
        file = tmp_path / f"P{person}.{kind}"
        assert file.stat().st_mode & 0o077 == 0
        assert tanhui("rights", "verify", file, "--key", key).code == 0
        file.write_bytes(file.read_bytes() + b" ")
        answer = tanhui("rights", "verify", file, "--key", key, "--json")
        assert (answer.code, answer.json["right"]) == (1, False)
    (tmp_path / f"P{person}.csv.signature").unlink()
    assert (
        tanhui("rights", "verify", tmp_path / f"P{person}.csv", "--key", key, "--json").json["refused"]
        == "signature_unreadable"
    )


def test_without_a_provider_it_is_said_what_is_missing() -> None:
    from tanhui.config.environment import read_environment
    from tanhui.config.outside import outside_parties
    from tanhui.core.refusal import Refusal

    with pytest.raises(Refusal, match="TANHUI_TENCENT_SECRET_ID, TANHUI_TENCENT_SECRET_KEY"):
        outside_parties(read_environment({}))
    given = {
        f"TANHUI_TENCENT_{name}": "x" for name in ("SECRET_ID", "SECRET_KEY", "SMS_APP", "SMS_SIGN", "SMS_TEMPLATE")
    }
    assert outside_parties(read_environment(given)).sms.settings.faceid_endpoint == "https://faceid.tencentcloudapi.com"
