"""Signing in by a code sent to the phone, and what a session is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from tests.batches import query, whole
from tests.persons import People, new_phone

from tanhui.core.refusal import Refusal


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refusal) as refusal:
        yield
    assert refusal.value.code == code


def test_a_new_phone_becomes_an_account_and_a_known_one_signs_in_to_it(people: People) -> None:
    phone = new_phone()

    first = people.sign_in(phone)
    again = people.later(minutes=2).sign_in(f"+86 {phone[:3]}-{phone[3:7]}-{phone[7:]}")

    assert (first.new, again.new) == (True, False)
    assert first.person == again.person
    assert first.token != again.token
    assert query("SELECT standing, available_milli FROM ledger_balance WHERE person_id = %s", [first.person]) == [
        {"standing": 0, "available_milli": 0}
    ]
    assert query("SELECT purpose, given FROM persons_consent WHERE person_id = %s", [first.person]) == [
        {"purpose": "platform", "given": True}
    ]


def test_the_message_says_the_code_and_how_long_it_holds(people: People) -> None:
    phone = new_phone()

    people.ask_code(phone)

    (message,) = [one for one in people.provider.messages if one["phone"] == f"+86{phone}"]
    code, minutes = message["parameters"]
    assert (len(code), code.isdigit(), minutes) == (6, True, "5")
    assert (message["sign"], message["template"]) == ("碳惠", "1110")


def test_a_code_holds_once(people: People) -> None:
    phone = new_phone()
    people.sign_in(phone)

    with refused("code_wrong"):
        people.sign_in(phone, people.provider.code(phone))


def test_a_code_holds_for_five_minutes(people: People) -> None:
    phone = new_phone()
    people.ask_code(phone)
    code = people.provider.code(phone)

    with refused("code_wrong"):
        people.later(minutes=5).sign_in(phone, code)
    assert people.later(minutes=4.9).sign_in(phone, code).new


def test_five_wrong_codes_end_the_right_one(people: People) -> None:
    phone = new_phone()
    people.ask_code(phone)
    code = people.provider.code(phone)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    for _ in range(5):
        with refused("code_wrong"):
            people.sign_in(phone, wrong)
    with refused("code_wrong"):
        people.sign_in(phone, code)
    assert query("SELECT count(*) AS n FROM persons_session") == [{"n": 0}]


def test_four_wrong_codes_do_not(people: People) -> None:
    phone = new_phone()
    people.ask_code(phone)
    code = people.provider.code(phone)

    for _ in range(4):
        with refused("code_wrong"):
            people.sign_in(phone, f"{(int(code) + 1) % 10**6:06d}")

    assert people.sign_in(phone, code).new


def test_one_code_of_a_phone_holds_at_a_time(people: People) -> None:
    phone = new_phone()
    people.ask_code(phone)
    first = people.provider.code(phone)
    people.later(minutes=1).ask_code(phone)

    if first != people.provider.code(phone):
        with refused("code_wrong"):
            people.later(minutes=1).sign_in(phone, first)


def test_a_phone_gets_one_code_a_minute_and_five_an_hour(people: People) -> None:
    phone = new_phone()
    people.ask_code(phone)
    with refused("code_too_soon"):
        people.later(seconds=59).ask_code(phone)
    for minutes in (1, 2, 3, 4):
        people.later(minutes=minutes).ask_code(phone)

    with refused("code_too_soon"):
        people.later(minutes=59).ask_code(phone)
    people.later(minutes=60).ask_code(phone)
    assert len([one for one in people.provider.messages if one["phone"] == f"+86{phone}"]) == 6


def test_an_address_asks_for_twenty_codes_an_hour(people: People) -> None:
    address = f"198.51.100.7 {new_phone()}"
    for _ in range(20):
        people.ask_code(new_phone(), address=address)

    with refused("code_too_soon"):
        people.ask_code(new_phone(), address=address)
    people.later(hours=1).ask_code(new_phone(), address=address)


def test_a_message_that_was_not_taken_gives_no_code(people: People) -> None:
    phone = new_phone()
    with people.provider.mood(SendSms="LimitExceeded.PhoneNumberDailyLimit"), refused("sms_failed"):
        people.ask_code(phone)
    with people.provider.mood(down=True), refused("sms_failed"):
        people.later(minutes=2).ask_code(phone)

    assert query("SELECT delivered FROM persons_sms_code ORDER BY id") == [{"delivered": False}] * 2


@pytest.mark.parametrize(
    "phone", ["", "12345678901", "1380013800", "+1 202 555 0100", "138001380000", "１３８００１３８０００"]
)
def test_what_is_no_mobile_number_is_refused_and_nothing_sent(people: People, phone: str) -> None:
    before, sent = whole(), len(people.provider.messages)

    with refused("phone_invalid"):
        people.ask_code(phone)

    assert (whole(), len(people.provider.messages)) == (before, sent)


def test_the_notice_shown_must_be_the_one_in_force(people: People) -> None:
    from tanhui.flows.sign_in import sign_in

    phone = new_phone()
    people.ask_code(phone)

    with refused("notice_outdated"):
        sign_in(phone, people.provider.code(phone), notice="0" * 64, device="", now=people.now)
    assert people.sign_in(phone, people.provider.code(phone)).new, "the code was not used up"


def test_a_session_ends_when_idle_for_a_week_or_after_ninety_days(people: People) -> None:
    from tanhui.participants.persons.sessions import session_person

    idle, used = people.sign_in(), people.sign_in()

    for day in range(1, 90):
        assert session_person(used.token, now=people.now + timedelta(days=day)) == used.person
    with refused("session_ended"):
        session_person(used.token, now=people.now + timedelta(days=90))
    assert session_person(idle.token, now=people.now + timedelta(days=6.9)) == idle.person
    with refused("session_ended"):
        session_person(idle.token, now=people.now + timedelta(days=14))


def test_sessions_are_listed_and_ended_one_by_one_or_all(people: People) -> None:
    from tanhui.flows.sign_in import sign_out, sign_out_devices
    from tanhui.participants.persons.sessions import session_person, sessions_of

    phone = new_phone()
    first, second, third = (people.later(minutes=2 * n).sign_in(phone) for n in range(3))
    person, now = first.person, people.now + timedelta(minutes=5)
    sign_out(first.token, now=now)
    listed = sessions_of(person, now=now)
    sign_out_devices(person, session=listed[0].number, now=now)

    assert [line.device for line in listed] == ["test", "test"]
    with refused("session_ended"):
        session_person(third.token, now=now)
    assert session_person(second.token, now=now) == person
    assert sign_out_devices(person, now=now) == 1
    with refused("session_ended"):
        session_person(second.token, now=now)


def test_no_token_of_a_session_is_in_the_database(people: People) -> None:
    signed = people.sign_in()

    (row,) = query("SELECT token FROM persons_session WHERE person_id = %s", [signed.person])
    assert signed.token.encode() not in bytes(row["token"])
    with refused("session_ended"):
        from tanhui.participants.persons.sessions import session_person

        session_person("anything else", now=people.now)
