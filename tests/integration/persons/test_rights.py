"""The rights desk: see, take along, correct, refuse, and know by when an answer is due."""

import csv
import io
import json
import subprocess
import sys
from base64 import b64decode
from datetime import date, timedelta
from typing import Any

import pytest
from tests.batches import query, walk
from tests.integration.persons.test_sign_in import refused
from tests.persons import People, new_id_number, new_phone


def ask(people: People, person: int, subject: str, **wanted: str) -> int:
    from tanhui.flows.rights_desk import ask_correction

    return ask_correction(person, subject=subject, wanted=wanted, now=people.now)


def decide(people: People, number: int, *, accept: bool = True, note: str = "seen the papers") -> Any:
    from tanhui.flows.rights_desk import decide_request

    return decide_request(
        number, accept=accept, actor="staff 7", note=note, outside=people.provider.outside, now=people.now
    )


def all_rights(people: People) -> int:
    """Somebody of whom something stands in every table."""
    from tanhui.flows.account_state import keep_account
    from tanhui.flows.link_person import link_code
    from tanhui.flows.reveal_person import reveal
    from tanhui.flows.use_points import spend_points
    from tanhui.flows.verify_person import consent_as_guardian, guardian_code

    person, child = people.linked(), people.sign_in().person
    (key,) = people.desk.send(walk("1")).keys
    people.desk.send(walk("2", at=people.now - timedelta(hours=3)))
    spend_points(
        person_id=person, amount_milli=5_000, key=f"{people.desk.space} s", reason="tree", actor="x", now=people.now
    )
    consent_as_guardian(
        person, code=guardian_code(child, now=people.now), notice=people.digest("guardian"), now=people.now
    )
    link_code(person, partner=people.desk.terms.code, now=people.now)
    reveal(person, field="phone", actor="staff 7", reason="call back", now=people.now)
    ask(people, person, "identity", real_name="新名", id_number=people.names[person][1])
    people.verify(child, new_id_number("20150301"))
    from uuid import UUID

    from tanhui.flows.correct_activity import correct_activity

    correct_activity(UUID(bytes=key.tobytes()), reason="wrong", actor="staff", replace=None, now=people.now)
    closing = people.verified()
    people.begin_closing(closing)
    keep_account(closing, reason="stays", actor="person", now=people.now)
    return person


def test_a_person_sees_every_field_that_is_kept_of_them(people: People) -> None:
    from django.apps import apps

    from tanhui.flows.rights_desk import see_my_data
    from tanhui.participants.persons.kept import NOBODYS, OF_A_PERSON
    from tanhui.support.security.personal_data.register import register

    person = all_rights(people)
    name, number = people.names[person]

    data = see_my_data(person, now=people.now)

    own = set(apps.get_app_config("persons").get_models())
    assert own == {*OF_A_PERSON, *NOBODYS}, "every table of persons is shown, or says that it is nobody's"
    (identity,) = data["persons_identity"]
    assert (identity["real_name"], identity["id_number"]) == (name, number)
    assert identity["phone"] == f"+86{people.phones[person]}"
    shown = {table: set(rows[0]) for table, rows in data.items() if rows}
    for table, columns in shown.items():
        kept = query("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        assert columns == {row["column_name"] for row in kept}, table
    assert set(data) - set(shown) == {"persons_state_change", "persons_code_claim"} - {"persons_code_claim"}
    registered = {
        (apps.get_model(label.app, label.model)._meta.db_table, label.kind != "none")
        for label in register() if label.app in {"persons", "ledger"}
    }  # fmt: skip
    of_nobody_in_particular = {model._meta.db_table for model in NOBODYS} | {"ledger_batch"}
    assert {table for table, personal in registered if personal} <= set(data) | of_nobody_in_particular
    assert [len(data[table]) for table in ("ledger_posting", "ledger_reversal", "ledger_transfer")] == [3, 1, 2]
    assert json.loads(str(data["persons_rights_request"][0]["detail"]))["real_name"] == "新名"


def test_a_person_sees_nothing_of_anybody_else(people: People) -> None:
    from tanhui.flows.rights_desk import see_my_data

    all_rights(people)
    person = people.verified()

    written = str(see_my_data(person, now=people.now))

    for other, (_, number) in people.names.items():
        assert (number in written) == (other == person)


def test_an_export_is_checked_offline_with_the_published_key(people: People, tmp_path: Any) -> None:
    from tanhui.flows.export_person import export_person
    from tanhui.participants.persons.signing import published_keys, verify_document

    person = all_rights(people)
    taken = export_person(person, now=people.now)
    signature = json.loads(taken.document_signature)
    value = b64decode(signature["signature"])

    (published,) = [key for key in published_keys() if key["key"] == signature["key"]]
    assert published["public"] == signature["public"]
    assert verify_document(taken.document, value, public=signature["public"], suite=1)
    assert not verify_document(taken.document[:-1] + b" ", value, public=signature["public"], suite=1)
    assert not verify_document(taken.table, value, public=signature["public"], suite=1)
    of_table = json.loads(taken.table_signature)
    assert verify_document(taken.table, b64decode(of_table["signature"]), public=of_table["public"], suite=1)
    program = (
        "import sys, pathlib; from cryptography.hazmat.primitives.serialization import load_pem_public_key as load\n"
        "d, s, k = (pathlib.Path(p).read_bytes() for p in sys.argv[1:]); load(k).verify(s, d)"
    )
    parts = {"document": taken.document, "signature": value, "key": signature["public"].encode()}
    paths = []
    for name, content in parts.items():
        (tmp_path / name).write_bytes(content)
        paths.append(str(tmp_path / name))
    assert subprocess.run([sys.executable, "-c", program, *paths], check=False).returncode == 0


def test_both_forms_of_an_export_say_the_same_and_nothing_of_others(people: People) -> None:
    from tanhui.flows.export_person import export_person

    person = all_rights(people)
    taken = export_person(person, now=people.now)

    document = json.loads(taken.document)
    lines = list(csv.DictReader(io.StringIO(taken.table.decode("utf-8-sig"))))
    assert document["person"] == f"P{person}"
    assert document["tables"]["persons_identity"][0]["real_name"] == people.names[person][0]
    values = sum(len(row) for rows in document["tables"].values() for row in rows)
    assert len(lines) == values > 200
    names = [line["value"] for line in lines if (line["table"], line["column"]) == ("persons_identity", "id_number")]
    assert names == [people.names[person][1]]
    for other, (_, number) in people.names.items():
        if other != person:
            assert number.encode() not in taken.document + taken.table


def test_no_cell_of_the_csv_is_a_formula(people: People) -> None:
    from tanhui.flows.export_person import export_person

    person = people.verified()
    ask(people, person, "0" * 36, text="=HYPERLINK(1)")
    taken = export_person(person, now=people.now)

    cells = [line["value"] for line in csv.DictReader(io.StringIO(taken.table.decode("utf-8-sig")))]
    assert not [cell for cell in cells if cell[:1] in {"=", "@", "+"}]
    assert f"'+86{people.phones[person]}" in cells


def test_a_name_is_corrected_after_somebody_has_looked_and_the_provider_agrees(people: People) -> None:
    from tanhui.flows.reveal_person import reveal

    person = people.verified(name="张三")
    number = people.names[person][1]
    request = ask(people, person, "identity", real_name="张三丰", id_number=number)
    with refused("identity_different"):
        decide(people, request)
    people.provider.knows(number, "张三丰")

    answered = decide(people, request)

    assert (answered.event, answered.note, answered.overdue(date(2030, 1, 1))) == (
        "fulfilled",
        "seen the papers",
        False,
    )
    assert reveal(person, field="real_name", actor="a", reason="b", now=people.now) == "张三丰"
    with refused("request_ended"):
        decide(people, request)


def test_a_correction_refused_says_why_and_changes_nothing(people: People) -> None:
    person = people.verified()
    before = query("SELECT * FROM persons_identity WHERE person_id = %s", [person])
    request = ask(people, person, "identity", real_name="别人", id_number=people.names[person][1])

    with refused("reason_missing"):
        decide(people, request, accept=False, note=" ")
    answered = decide(people, request, accept=False, note="no papers")

    assert (answered.event, answered.note) == ("refused", "no papers")
    assert query("SELECT * FROM persons_identity WHERE person_id = %s", [person]) == before


def test_a_phone_is_changed_by_a_code_sent_to_the_new_one(people: People) -> None:
    from tanhui.participants.persons.sessions import session_person

    signed, new = people.sign_in(), new_phone()
    old = people.phones[signed.person]
    people.ask_code(new)
    with refused("code_wrong"):
        ask(people, signed.person, "phone", phone=new, code="000000x")
    request = ask(people, signed.person, "phone", phone=new, code=people.provider.code(new))

    decide(people, request)

    with refused("session_ended"):
        session_person(signed.token, now=people.now)
    later = people.later(minutes=5)
    assert (later.sign_in(new).person, later.sign_in(old).new) == (signed.person, True)


def test_a_phone_that_is_anothers_is_not_taken(people: People) -> None:
    first, second = people.sign_in(), people.sign_in()
    taken = people.phones[second.person]
    later = people.later(minutes=2)
    later.ask_code(taken)
    request = ask(later, first.person, "phone", phone=taken, code=later.provider.code(taken))

    with refused("phone_taken"):
        decide(later, request)
    from tanhui.participants.persons.rights import request as found

    assert found(request).event == "made", "all or nothing"


def test_a_record_that_is_wrong_is_asked_about(people: People) -> None:
    person = people.linked()
    key = str(people.desk.send(walk("1")).keys[0].tobytes().hex())

    answered = decide(people, ask(people, person, key, text="那天我没有走路"), note="withdrawn")

    assert (answered.subject, json.loads(answered.detail or "")) == (key, {"text": "那天我没有走路"})
    assert answered.event == "fulfilled"


@pytest.mark.parametrize(
    "wanted", [{}, {"phone": "1"}, {"phone": "1", "code": " "}, {"phone": "1", "code": "2", "x": "3"}]
)
def test_an_unclear_request_is_refused(people: People, wanted: dict[str, str]) -> None:
    person = people.verified()

    with refused("correction_unclear"):
        ask(people, person, "phone", **wanted)
    assert query("SELECT * FROM persons_rights_request WHERE person_id = %s", [person]) == []


def test_a_request_has_its_day_and_is_overdue_after_it(people: People) -> None:
    from tanhui.participants.persons.rights import requests

    person = people.verified()
    correct = ask(people, person, "identity", real_name="张三丰", id_number=people.names[person][1])
    close = people.begin_closing(person)

    due = {
        one.number: (one.due_on, one.overdue(one.due_on), one.overdue(one.due_on + timedelta(days=1)))
        for one in requests(standing=True)
    }
    assert due == {close: (date(2026, 3, 16), False, True), correct: (date(2026, 3, 31), False, True)}


def test_a_person_takes_back_only_their_own_requests(people: People) -> None:
    from tanhui.flows.rights_desk import withdraw_request

    person, other = people.verified(), people.verified()
    request = ask(people, person, "identity", real_name="张三丰", id_number=people.names[person][1])

    with refused("request_unknown"):
        withdraw_request(other, request, now=people.now)
    withdraw_request(person, request, now=people.now)
    with refused("request_ended"):
        withdraw_request(person, request, now=people.now)


def test_what_was_done_with_the_data_is_told_in_order(people: People) -> None:
    from tanhui.flows.rights_desk import see_processing

    person = all_rights(people)

    done = see_processing(person, now=people.now)

    assert [one.at for one in done] == sorted(one.at for one in done)
    assert {one.what for one in done} == {
        "consent_given", "identity_checked", "looked_at", "request_made", "code_sent", "signed_in", "linked", "guardian_consented",
    }  # fmt: skip
    (look,) = [one for one in done if one.what == "looked_at"]
    assert (look.by, look.about) == ("staff 7", "persons_identity.phone: call back")


def test_what_a_request_said_is_gone_with_the_account(people: People) -> None:
    from tanhui.participants.persons.rights import request

    person = people.verified()
    number = ask(people, person, "identity", real_name="张三丰", id_number=people.names[person][1])
    people.close(person)

    assert (request(number).detail, request(number).event) == (None, "withdrawn")
