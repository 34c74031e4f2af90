"""Persons: known by a keyed hash alone, in the space their ids are unique in."""

from uuid import UUID

import pytest
from tests.batches import NOW, Desk, at, ends, pay, query, walk

from tanhui.core.refusal import Refusal

SUBJECT = "wang.xiaoming@example.cn"
HOUSEHOLD = "户号-310-5566778899"


def test_the_same_id_in_two_spaces_is_two_persons(desk: Desk) -> None:
    other = Desk.open(desk.scheme)

    first, second = desk.send(pay("1")), other.send(pay("1"))

    assert first.persons.tolist() != second.persons.tolist()
    assert (desk.balance(), other.balance()) == ((480, 480, 1), (480, 480, 1))


def test_the_same_id_in_the_same_space_is_one_person_for_every_partner(desk: Desk) -> None:
    other = desk.beside()

    assert desk.send(pay("1")).persons.tolist() == other.send(pay("1", at=at(2))).persons.tolist()
    assert desk.balance() == (960, 960, 2)


@pytest.mark.parametrize("other", ["Anna", "anna ", "ａｎｎａ", "a\0nna", "anna\0", "аnna", ""])
def test_ids_that_look_alike_are_different_persons(desk: Desk, other: str) -> None:
    recorded = desk.send(walk("1"), walk("2", person=other))

    assert ends(recorded) == ["accepted", "accepted"]
    assert len(set(recorded.persons.tolist())) == 2


def test_a_person_with_a_very_long_id(desk: Desk) -> None:
    recorded = desk.send(walk("1", person="x" * 1_000_000), walk("2", person="x" * 1_000_001))

    assert len(set(recorded.persons.tolist())) == 2


def test_nobody_becomes_a_person_by_a_record_that_was_refused(desk: Desk) -> None:
    before = query("SELECT count(*) FROM participants_person")

    desk.send(walk("1", -1, person="nobody"))

    assert query("SELECT count(*) FROM participants_person") == before


def test_no_partners_id_is_anywhere_in_the_database(desk: Desk) -> None:
    desk.send(
        walk(f"{SUBJECT}-1", person=SUBJECT),
        {"id": f"{SUBJECT}-2", "person": SUBJECT, "behavior": 28, "count": 1, "household": HOUSEHOLD},
        walk(f"{SUBJECT}-3", -1, person=SUBJECT), walk(f"{SUBJECT}-1", 5, person=SUBJECT),
    )  # fmt: skip

    columns = query(
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')"
    )
    assert len(columns) > 20
    for column in columns:
        for secret in (SUBJECT, HOUSEHOLD, SUBJECT.encode().hex()):
            found = query(
                f'SELECT count(*) AS n FROM "{column["t"]}" WHERE position(%s in "{column["c"]}"::text) > 0', [secret]
            )
            assert found == [{"n": 0}], column


def test_without_the_key_the_hash_of_an_id_cannot_be_made(desk: Desk) -> None:
    from hashlib import blake2b

    from tanhui.participants.persons.services import subject_hash

    desk.send(walk("1", person=SUBJECT))
    stored = {row["subject"] for row in query("SELECT subject FROM participants_person_link")}

    content = f"{desk.space}\0{SUBJECT}".encode()
    assert subject_hash(secret=desk.secret, namespace=desk.space, subject=SUBJECT) in stored
    assert subject_hash(secret=b"x" * 32, namespace=desk.space, subject=SUBJECT) not in stored
    assert UUID(bytes=blake2b(content, digest_size=16).digest()) not in stored


def test_another_key_is_refused_before_it_makes_other_persons(desk: Desk) -> None:
    from tanhui.flows.scheme import open_scheme
    from tanhui.steps.quantify.library import library

    before = query("SELECT count(*) FROM participants_person")

    with pytest.raises(Refusal) as refusal:
        open_scheme(library=library(), secret=b"x" * 32, now=NOW)

    assert refusal.value.code == "person_key_mismatch"
    assert query("SELECT count(*) FROM participants_person") == before
