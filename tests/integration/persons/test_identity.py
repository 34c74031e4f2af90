"""Real names: checked by the provider, one person one account, children by their guardian alone."""

from typing import Any

import pytest
from tests.batches import query, whole
from tests.integration.flows.test_concurrency import at_once
from tests.integration.persons.test_sign_in import refused
from tests.persons import People, new_id_number, new_phone

from tanhui.core.refusal import Refusal


def checks(people: People) -> int:
    return int(people.provider.seen()["checks"])


def test_a_verified_person_is_shown_masked(people: People) -> None:
    from tanhui.participants.persons.selectors import profile

    person = people.sign_in().person
    number = people.verify(person, name="欧阳锋")

    found = profile(person)
    phone = people.phones[person]
    assert found is not None
    assert (found.phone, found.real_name) == (f"{phone[:3]}****{phone[-4:]}", "欧**")
    assert found.id_number == f"{number[0]}{'*' * 16}{number[-1]}"
    assert (found.state, found.registered, found.verified_at) == ("active", True, people.now)


def test_one_person_has_one_account(people: People) -> None:
    first, second = people.sign_in().person, people.sign_in().person
    number = people.verify(first)
    asked, before = checks(people), whole()

    with refused("identity_taken"):
        people.verify(second, number.lower())

    assert (checks(people), whole()) == (asked, before), "nobody was asked, and nothing was kept"


def test_of_two_who_claim_one_number_at_once_one_gets_it(lasting_people: People) -> None:
    people, number = lasting_people, new_id_number()
    persons = [people.sign_in().person for _ in range(4)]

    def claim(person: int) -> str:
        try:
            people.verify(person, number)
        except Refusal as refusal:
            return refusal.code
        return "verified"

    answers = at_once(*[lambda p=person: claim(p) for person in persons])

    assert sorted(answers) == ["identity_taken"] * 3 + ["verified"]
    rows = query("SELECT person_id FROM persons_identity WHERE id_index IS NOT NULL AND person_id = ANY(%s)", [persons])
    assert len(rows) == 1


def test_of_two_who_sign_in_with_a_new_phone_at_once_one_registers(lasting_people: People) -> None:
    from tanhui.flows import sign_in as flow

    people, phone = lasting_people, f"+86{new_phone()}"

    def enter() -> Any:
        number, key = flow._ready_for(phone)
        return flow.in_transaction(lambda: flow._enter(phone, number, key, people.digest("platform"), "", people.now))

    answers = at_once(*[enter] * 4)

    assert len({signed.person for signed in answers}) == 1
    assert sorted(signed.new for signed in answers) == [False, False, False, True]


@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("", None), ("11010119900101", None), ("11010119900101123A", None), ("X1010119900101123X", None),
        (None, "19900230"), (None, "19901301"), (None, "18991231"), (None, "20260302"),
    ],
)  # fmt: skip
def test_what_can_be_no_id_number_is_asked_of_nobody(people: People, number: str | None, born: str | None) -> None:
    person = people.sign_in().person
    asked, before = checks(people), whole()

    with refused("id_number_invalid"):
        people.verify(person, number if born is None else new_id_number(born))

    assert (checks(people), whole()) == (asked, before)


def test_a_wrong_check_character_is_asked_of_nobody(people: People) -> None:
    person, number = people.sign_in().person, new_id_number()
    asked = checks(people)

    for last in set("0123456789X") - {number[-1]}:
        with refused("id_number_invalid"):
            people.verify(person, number[:-1] + last)

    assert checks(people) == asked


def test_a_name_that_is_not_the_numbers_is_refused_and_kept_nowhere(people: People) -> None:
    person = people.sign_in().person

    with refused("identity_different"):
        people.verify(person, name="张三", known="李四")

    assert query("SELECT real_name, id_index, verified_at FROM persons_identity WHERE person_id = %s", [person]) == [
        {"real_name": None, "id_index": None, "verified_at": None}
    ]
    assert query("SELECT outcome FROM persons_verification WHERE person_id = %s", [person]) == [
        {"outcome": "different"}
    ]


def test_a_day_has_five_checks(people: People) -> None:
    person = people.sign_in().person
    for _ in range(5):
        with refused("identity_different"):
            people.verify(person, name="张三", known="李四")
    asked = checks(people)

    with refused("identity_tries"):
        people.verify(person)

    assert checks(people) == asked
    people.later(days=1).verify(person)


@pytest.mark.parametrize("mood", [{"IdCardVerification": "-4"}, {"IdCardVerification": "-6"}, {"down": True}])
def test_no_answer_is_no_verdict(people: People, mood: dict[str, Any]) -> None:
    from tanhui.flows.verify_person import verify_person

    person, number = people.sign_in().person, new_id_number()
    people.provider.knows(number, "张三")

    with people.provider.mood(**mood), refused("identity_unavailable"):
        verify_person(
            person, real_name="张三", id_number=number, notice=people.digest("identity"),
            outside=people.provider.outside, now=people.now,
        )  # fmt: skip

    people.verify(person, number, "张三")


def test_a_wrong_signature_is_no_answer(people: People) -> None:
    from dataclasses import replace

    identity = people.provider.outside.identity
    stranger = replace(identity, settings=replace(identity.settings, secret_key="another"))

    assert stranger.check("张三", new_id_number(), now=people.now).outcome == "unavailable"


def test_a_child_needs_a_guardian_first(people: People) -> None:
    child = people.sign_in().person
    asked, before = checks(people), whole()

    with refused("guardian_needed"):
        people.verify(child, new_id_number("20150301"))

    assert (checks(people), whole()) == (asked, before), "nothing of the child is asked or kept"


def test_a_guardian_consents_for_a_child_who_is_then_verified(people: People) -> None:
    from tanhui.flows.verify_person import consent_as_guardian, guardian_code
    from tanhui.participants.persons.selectors import profile

    child, guardian = people.sign_in().person, people.verified()
    code = guardian_code(child, now=people.now)

    assert consent_as_guardian(guardian, code=code, notice=people.digest("guardian"), now=people.now) == child
    people.verify(child, new_id_number("20150301"))

    of_child, of_guardian = profile(child), profile(guardian)
    assert of_child is not None
    assert of_guardian is not None
    assert (of_child.guardian, of_guardian.wards) == (guardian, (child,))


@pytest.mark.parametrize("who", ["unverified", "seventeen", "oneself"])
def test_who_cannot_be_a_guardian(people: People, who: str) -> None:
    from tanhui.flows.verify_person import consent_as_guardian, guardian_code

    child = people.sign_in().person
    guardian = child if who == "oneself" else people.sign_in().person
    if who == "seventeen":
        people.verify(guardian, new_id_number("20080302"))
    code = guardian_code(child, now=people.now)

    with refused("guardian_not_adult"):
        consent_as_guardian(guardian, code=code, notice=people.digest("guardian"), now=people.now)
    assert query("SELECT * FROM persons_guardianship") == []


def test_the_day_of_birth_decides_to_the_day(people: People) -> None:
    with refused("guardian_needed"):
        people.verify(people.sign_in().person, new_id_number("20120302"))
    people.verify(people.sign_in().person, new_id_number("20120301"))


def test_who_looks_at_what_is_masked_says_why_and_is_kept(people: People) -> None:
    from tanhui.flows.reveal_person import reveal

    person = people.verified(name="欧阳锋")

    seen = reveal(person, field="real_name", actor="staff 7", reason="complaint 12", now=people.now)

    assert seen == "欧阳锋"
    assert query("SELECT field, actor, reason FROM persons_reveal WHERE person_id = %s", [person]) == [
        {"field": "persons_identity.real_name", "actor": "staff 7", "reason": "complaint 12"}
    ]
    for field, reason, code in [("real_name", " ", "reason_missing"), ("phone_index", "x", "field_unknown")]:
        with refused(code):
            reveal(person, field=field, actor="staff 7", reason=reason, now=people.now)
    assert len(query("SELECT 1 FROM persons_reveal WHERE person_id = %s", [person])) == 1


def test_a_verified_account_is_not_verified_again(people: People) -> None:
    person = people.verified()

    with refused("identity_verified"):
        people.later(minutes=1).verify(person, new_id_number())
