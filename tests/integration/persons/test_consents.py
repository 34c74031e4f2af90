"""Consent per partner and purpose, and what a partner's records are without it."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.batches import at, ends, frame, outcomes, query, walk
from tests.integration.persons.test_sign_in import refused
from tests.persons import People

from tanhui.core.text import Text


def test_records_of_somebody_linked_are_booked_to_their_account(people: People) -> None:
    person = people.linked()

    recorded = people.desk.send(walk("1"))

    assert (ends(recorded), recorded.persons.tolist()) == (["accepted"], [person])
    assert people.desk.balance() == (63_000, 63_000, 1)


def test_records_of_somebody_unlinked_are_refused_and_make_nobody_a_person(people: People) -> None:
    people.linked()
    before = query("SELECT count(*) FROM participants_person")

    recorded = people.desk.send(walk("1", person="bert"), walk("2"))

    assert ends(recorded) == ["no_consent", "accepted"]
    assert query("SELECT count(*) FROM participants_person") == before


def test_withdrawal_ends_the_link_and_the_next_record_is_refused(people: People) -> None:
    person = people.linked()
    people.desk.send(walk("1"))

    people.withdraw(person)

    assert ends(people.desk.send(walk("2", at=at(3)), walk("1"))) == ["no_consent", "duplicate"]
    assert query("SELECT * FROM participants_person_link WHERE person_id = %s", [person]) == []
    assert people.desk.balance() == (63_000, 63_000, 1), "what is booked stays"


def test_linked_anew_the_same_account_continues(people: People) -> None:
    person = people.linked()
    people.desk.send(walk("1"))
    people.withdraw(person)

    people.later(minutes=1).link(person, "anna")

    assert people.desk.send(walk("2", at=at(3))).persons.tolist() == [person]
    assert people.desk.balance() == (126_000, 126_000, 2)


def test_withdrawing_from_one_partner_leaves_the_others(people: People) -> None:
    from tests.persons import open_people

    other = open_people(people.provider)
    person = people.linked()
    other.link(person, "anna")

    people.withdraw(person)

    assert ends(people.desk.send(walk("1"))) == ["no_consent"]
    assert ends(other.desk.send(walk("1"))) == ["accepted"]


def test_refusing_another_purpose_changes_nothing_for_collection(people: People) -> None:
    person = people.linked()
    people.consent(person, "statistics")

    people.withdraw(person, "statistics")

    assert ends(people.desk.send(walk("1"))) == ["accepted"]


@pytest.mark.parametrize("when", ["before the batch", "while it is tried again"])
def test_a_batch_prepared_ahead_of_a_withdrawal_books_nothing(people: People, when: str) -> None:
    from tanhui.flows.record_activities import Recorder, Sender

    person = people.linked()
    recorder = Recorder(Sender(people.desk.terms, "", "test"), people.desk.scheme)
    prepared = recorder.prepare(frame([walk("1")]), now=people.now)
    if when == "while it is tried again":
        people.desk.send(walk("0", at=at(-5)))

    people.withdraw(person)

    assert ends(recorder.record(prepared, now=people.now)) == ["no_consent"]
    assert people.desk.balance()[2] == (1 if when == "while it is tried again" else 0)


def test_a_batch_prepared_ahead_of_a_new_link_to_somebody_else_books_to_them(people: People) -> None:
    from tanhui.flows.record_activities import Recorder, Sender

    first, second = people.linked(), people.verified()
    recorder = Recorder(Sender(people.desk.terms, "", "test"), people.desk.scheme)
    prepared = recorder.prepare(frame([walk("1")]), now=people.now)
    people.withdraw(first)
    people.link(second, "anna")

    assert recorder.record(prepared, now=people.now).persons.tolist() == [second]


def test_a_partner_who_obtains_consents_itself_needs_no_links(people: People) -> None:
    from tanhui.flows.platform_consent import obtain_consents

    desk = people.desk
    desk.terms = obtain_consents(desk.terms.code, by="partner")

    assert ends(desk.send(walk("1"))) == ["accepted"]
    desk.terms = obtain_consents(desk.terms.code, by="platform")
    assert ends(desk.send(walk("2", at=at(5)))) == ["no_consent"]


def test_every_consent_and_withdrawal_is_kept_with_its_notice(people: People) -> None:
    from tanhui.participants.persons.consents import consents_of

    person = people.linked()
    people.withdraw(person)

    kept = query(
        "SELECT c.purpose, c.given, n.version FROM persons_consent AS c LEFT JOIN persons_notice AS n ON n.id = c.notice_id "
        "WHERE c.person_id = %s ORDER BY c.id", [person],
    )  # fmt: skip
    assert [(row["purpose"], row["given"], row["version"]) for row in kept] == [
        ("platform", True, 1), ("identity", True, 1), ("collect", True, 1), ("collect", False, None),
    ]  # fmt: skip
    assert {(line.purpose, line.given) for line in consents_of(person)} == {
        ("platform", True), ("identity", True), ("collect", False),
    }  # fmt: skip


EDITS = ["UPDATE persons_consent SET given = true", "DELETE FROM persons_consent", "TRUNCATE persons_consent"]


@pytest.mark.parametrize("statement", EDITS)
@pytest.mark.parametrize("who", ["the application", "the owner"])
def test_nobody_edits_a_consent(lasting_people: People, statement: str, who: str) -> None:
    from django.db import Error, connections, transaction
    from tests.bookkeeping import as_owner

    person = lasting_people.sign_in().person
    kept = "SELECT * FROM persons_consent WHERE person_id = %s"
    before = query(kept, [person])
    told = "append-only" if who == "the owner" else "permission denied"

    with as_owner() if who == "the owner" else nullcontext(), pytest.raises(Error, match=told), transaction.atomic():
        connections["default"].cursor().execute(statement)

    assert query(kept, [person]) == before != []


def test_consent_is_to_the_notice_that_is_in_force(people: People) -> None:
    from tanhui.participants.persons.notices import publish_notice

    person, old = people.verified(), people.digest("collect")
    publish_notice(
        purpose="collect", version=2, text=Text("新", "new"), effective_from=people.now.date(), now=people.now
    )

    from tanhui.flows.decide_consent import give

    with refused("notice_outdated"):
        give(person, purpose="collect", notice=old, partner=people.desk.terms.code, now=people.now)
    people.consent(person)
    with refused("notice_changed"):
        publish_notice(
            purpose="collect", version=2, text=Text("新", "newer"), effective_from=people.now.date(), now=people.now
        )


def test_a_link_without_a_consent_is_refused_by_the_database(people: People) -> None:
    from django.db import DatabaseError, connection, transaction

    person = people.linked()
    (consent,) = query("SELECT consent_id FROM participants_person_link WHERE person_id = %s", [person])
    people.withdraw(person)
    for number in (None, consent["consent_id"]):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO participants_person_link (subject, person_id, namespace, created_at, consent_id) "
                "VALUES (gen_random_uuid(), %s, %s, now(), %s)", [person, people.desk.terms.space, number],
            )  # fmt: skip
    assert query("SELECT * FROM participants_person_link WHERE person_id = %s", [person]) == []


def test_nothing_of_a_file_is_kept_of_whom_nobody_consented(people: People, tmp_path: Path) -> None:
    from tests.deliveries import bring, put, ride, rides

    people.linked("u1")
    file = put(tmp_path, rides(ride(1, "u1"), ride(2, "u-secret", hour=9), ride(3, "u-secret", metres="1", hour=11)))

    report = bring(people.desk, file)

    assert (report.booked, dict(report.refused_by_reason)) == (1, {"no_consent": 1, "out_of_bounds": 1})
    kept = query("SELECT * FROM collect_quarantined_row WHERE partner_id = %s ORDER BY row", [people.desk.terms.id])
    assert [row["reason"] for row in kept] == ["no_consent", "out_of_bounds"]
    assert {row["state"] for row in kept} == {"dismissed"}
    assert all("u-secret" not in str(row) for row in kept)
    again = bring(people.desk, file)
    assert (again.rows["duplicate"], again.rows["refused"]) == (1, 2)
    assert outcomes(people.desk.send(walk("x", person="u-secret"))) == ["refused"]


def test_automated_decisions_are_refused_by_one_call_and_allowed_again(people: People) -> None:
    from tanhui.flows.rights_desk import allow_automated_decisions, refuse_automated_decisions
    from tanhui.participants.persons.consents import automated_decisions_allowed

    person = people.verified()
    assert automated_decisions_allowed(person)
    refuse_automated_decisions(person, now=people.now)
    assert not automated_decisions_allowed(person)
    allow_automated_decisions(person, now=people.now)
    assert automated_decisions_allowed(person)
