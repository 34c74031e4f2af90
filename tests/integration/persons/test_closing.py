"""Accounts frozen, freed and closed: what each state allows, and what is left of somebody who has gone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.batches import at, ends, frame, query, unbalanced, walk, whole
from tests.integration.flows.test_concurrency import at_once
from tests.integration.persons.test_sign_in import refused
from tests.persons import People, new_id_number

from tanhui.core.refusal import Refusal

VOUCHER = {"reason": "test", "actor": "tester"}


def use(flow: str, people: People, person: int, milli: int, key: str = "k") -> Any:
    from tanhui.flows import use_points

    return getattr(use_points, flow)(
        person_id=person, amount_milli=milli, key=f"{people.desk.space} {key}", now=people.now, **VOUCHER
    )


def freeze(people: People, person: int) -> None:
    from tanhui.flows.account_state import freeze as flow

    flow(person, reason="suspicion", actor="staff 7", now=people.now)


def unfreeze(people: People, person: int) -> None:
    from tanhui.flows.account_state import unfreeze as flow

    flow(person, reason="cleared", actor="staff 7", now=people.now)


def keep(people: People, person: int) -> None:
    from tanhui.flows.account_state import keep_account

    keep_account(person, reason="stays", actor="person", now=people.now)


def state(person: int) -> tuple[str, int]:
    (row,) = query(
        "SELECT p.state, b.standing FROM participants_person AS p JOIN ledger_balance AS b ON b.person_id = p.id WHERE p.id = %s",
        [person],
    )
    return row["state"], row["standing"]


def faults() -> list[Any]:
    from tanhui.flows.audit_books import audit_books

    return audit_books().problems + unbalanced()


def test_a_frozen_account_spends_nothing_but_goes_on(people: People) -> None:
    person = people.linked()
    people.desk.send(walk("1"))
    freeze(people, person)

    for flow in ("hold_points", "spend_points"):
        with refused("account_blocked"):
            use(flow, people, person, 1000)
    assert ends(people.desk.send(walk("2", at=at(3)))) == ["accepted"]
    with refused("state_refused"):
        people.begin_closing(person)
    assert state(person) == ("frozen", 1)

    unfreeze(people, person)
    assert use("spend_points", people, person, 1000, "again").amount_milli == 1000
    assert (state(person), faults()) == (("active", 0), [])


def test_freeing_the_account_leaves_blocked_points_blocked(people: People) -> None:
    from tanhui.flows.block_points import block_points

    person = people.linked()
    people.desk.send(walk("1"))
    block_points(key=f"{people.desk.space} b", person_id=person, blocked=True, now=people.now, **VOUCHER)
    freeze(people, person)
    unfreeze(people, person)

    with refused("account_blocked"):
        use("spend_points", people, person, 1000)


def test_while_closing_points_are_used_up_and_nothing_is_booked(people: People) -> None:
    person = people.linked()
    people.desk.send(walk("1"))
    people.begin_closing(person)

    assert ends(people.desk.send(walk("2", at=at(3)))) == ["account_closing"]
    assert use("spend_points", people, person, 1000).amount_milli == 1000
    with refused("state_refused"):
        people.consent(person)
    assert (state(person), people.desk.balance()) == (("closing", 2), (63_000, 62_000, 1))
    assert query("SELECT * FROM collect_quarantined_row WHERE partner_id = %s", [people.desk.terms.id]) == []


def test_who_thinks_better_of_it_keeps_everything(people: People) -> None:
    person = people.linked()
    people.desk.send(walk("1"))
    number = people.begin_closing(person)

    keep(people, person)

    from tanhui.participants.persons.rights import request

    assert (request(number).kind, request(number).event) == ("close", "withdrawn")
    assert ends(people.desk.send(walk("2", at=at(3)))) == ["accepted"]
    assert (state(person), people.desk.balance()) == (("active", 0), (126_000, 126_000, 2))


def test_an_account_is_not_closed_before_the_week_is_over(people: People) -> None:
    from tanhui.flows.account_state import close_account

    person = people.linked()
    people.desk.send(walk("1"))
    people.begin_closing(person)
    before = whole()

    with refused("cooling_off"):
        close_account(person, reason="x", actor="y", now=people.now + timedelta(days=7, seconds=-1))
    with refused("state_refused"):
        close_account(people.verified(), reason="x", actor="y", now=people.now)
    assert whole()["ledger_transfer"] == before["ledger_transfer"]
    assert state(person) == ("closing", 2)


def test_points_left_are_forfeited_and_the_books_stay_right(people: People) -> None:
    person = people.linked()
    people.desk.send(walk("1"), walk("2", at=at(5)))
    use("spend_points", people, person, 26_000)

    assert people.close(person) == 100_000

    assert state(person) == ("closed", 3)
    assert query(
        "SELECT o.kind, o.reason, t.debit, t.credit, t.amount_milli FROM ledger_operation AS o "
        "JOIN ledger_transfer AS t ON t.operation = o.key WHERE t.person_id = %s AND o.kind <> 'spend'", [person],
    ) == [{"kind": "forfeit", "reason": "forfeited on closing", "debit": "available", "credit": "expired", "amount_milli": 100_000}]  # fmt: skip
    assert people.desk.balance() == (126_000, 0, 2), "what was saved stays in the books"
    assert faults() == []


def test_nothing_leads_from_the_books_back_to_who_has_gone(people: People) -> None:
    from tanhui.support.security.keys.types import Shredded

    person = people.linked()
    people.desk.send(walk("1"))
    sealed = query("SELECT * FROM persons_identity WHERE person_id = %s", [person])[0]
    people.close(person)

    for table in ("persons_identity", "participants_person_link", "persons_session", "persons_one_time_code"):
        assert query(f"SELECT * FROM {table} WHERE person_id = %s", [person]) == []
    assert query("SELECT wrapped FROM keys_data_key WHERE owner = %s", [person]) == [{"wrapped": None}]
    assert query("SELECT state, state_until FROM participants_person WHERE id = %s", [person]) == [
        {"state": "closed", "state_until": None}
    ]
    from tanhui.support.security.keys.services import unseal

    with pytest.raises(Shredded):
        unseal(person, "persons_identity.real_name", bytes(sealed["real_name"]))


def test_who_has_gone_may_come_back_as_somebody_new(people: People) -> None:
    person = people.linked()
    name, number = people.names[person]
    people.close(person)
    again = people.later(days=8)

    signed = again.sign_in(people.phones[person])
    again.verify(signed.person, number, name)
    again.link(signed.person, "anna")

    assert signed.new
    assert people.desk.send(walk("2"), now=again.now).persons.tolist() == [signed.person]
    assert signed.person != person


def test_records_of_who_has_gone_are_refused(people: People) -> None:
    person = people.linked()
    people.close(person)

    assert ends(people.desk.send(walk("1"))) == ["no_consent"]
    assert people.desk.balance()[2] == 0


@pytest.mark.parametrize("state_then", ["closing", "closed"])
def test_a_batch_prepared_before_the_closing_books_nothing(people: People, state_then: str) -> None:
    from tanhui.flows.record_activities import Recorder, Sender

    person = people.linked()
    recorder = Recorder(Sender(people.desk.terms, "", "test"), people.desk.scheme)
    prepared = recorder.prepare(frame([walk("1")]), now=people.now)
    if state_then == "closed":
        people.close(person)
    else:
        people.begin_closing(person)

    assert ends(recorder.record(prepared, now=people.now)) == [
        {"closing": "account_closing", "closed": "no_consent"}[state_then]
    ]
    assert people.desk.balance()[2] == 0


def test_the_database_itself_books_nothing_for_an_account_that_is_closed(people: People) -> None:
    from tanhui.support.columns.cursor import Crowded

    person = people.linked()
    people.desk.send(walk("1"))
    people.close(person)
    (old,) = query("SELECT * FROM ledger_posting WHERE person_id = %s", [person])
    columns = ", ".join(name for name in old if name not in ("key", "sequence"))

    from django.db import transaction

    from tanhui.support.columns.cursor import column_cursor

    with pytest.raises(Crowded), transaction.atomic(), column_cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_posting (key, sequence, {columns}) SELECT gen_random_uuid(), 2, {columns} FROM ledger_posting WHERE key = %s",
            [old["key"]],
        )
    assert people.desk.balance()[2] == 1


def test_held_points_keep_the_account_from_closing(people: People) -> None:
    from tanhui.flows.account_state import close_account
    from tanhui.flows.use_points import release_points

    person = people.linked()
    people.desk.send(walk("1"))
    hold = use("hold_points", people, person, 3_000)
    people.begin_closing(person)
    week = people.now + timedelta(days=7)

    with refused("holds_pending"):
        close_account(person, reason="x", actor="y", now=week)
    assert (state(person), people.desk.balance()) == (("closing", 2), (63_000, 60_000, 1))
    release_points(hold=hold.operation, key=f"{people.desk.space} r", now=week, **VOUCHER)
    assert close_account(person, reason="x", actor="y", now=week) == 63_000


def test_a_record_of_who_has_gone_is_withdrawn_but_not_replaced(people: People) -> None:
    from fractions import Fraction
    from uuid import UUID

    from tanhui.flows.correct_activity import correct_activity

    person = people.linked()
    first, second = (UUID(bytes=key.tobytes()) for key in people.desk.send(walk("1"), walk("2", at=at(5))).keys)
    use("spend_points", people, person, 100_000)
    people.close(person)

    with refused("account_closing"):
        correct_activity(first, reason="wrong", actor="staff", replace={"steps": Fraction(5_000)}, now=people.now)
    for key in (first, second):
        correct_activity(key, reason="wrong", actor="staff", replace=None, now=people.now)

    (account,) = query("SELECT reduction_mg, available_milli FROM ledger_balance WHERE person_id = %s", [person])
    assert account == {"reduction_mg": 0, "available_milli": -100_000}, "what was spent for nothing stays owed"
    assert faults() == []


def test_who_owes_points_may_go_and_what_is_owed_stays_in_the_books(people: People) -> None:
    from uuid import UUID

    from tanhui.flows.correct_activity import correct_activity

    person = people.linked()
    (key,) = people.desk.send(walk("1")).keys
    use("spend_points", people, person, 60_000)
    correct_activity(UUID(bytes=key.tobytes()), reason="wrong", actor="staff", replace=None, now=people.now)

    assert people.close(person) == 0
    assert (people.desk.balance()[:2], faults()) == ((0, -60_000), [])


def test_a_guardian_does_not_leave_the_wards_alone(people: People) -> None:
    from tanhui.flows.verify_person import consent_as_guardian, guardian_code

    child, guardian = people.sign_in().person, people.verified()
    consent_as_guardian(
        guardian, code=guardian_code(child, now=people.now), notice=people.digest("guardian"), now=people.now
    )
    people.verify(child, new_id_number("20150301"))

    with refused("guardian_of_others"):
        people.begin_closing(guardian)
    people.close(child)
    people.close(guardian)
    assert (state(child)[0], state(guardian)[0]) == ("closed", "closed")


def test_the_daily_run_closes_those_whose_week_is_over(people: People) -> None:
    from tanhui.flows.account_state import close_due_accounts

    first, second, third = (people.linked(user) for user in ("a", "b", "c"))
    people.desk.send(walk("1", person="a"), walk("2", person="b"))
    use("hold_points", people, second, 1_000)
    people.begin_closing(first)
    people.begin_closing(second)
    people.later(days=1).begin_closing(third)

    done = dict(close_due_accounts(actor="daily run", now=people.now + timedelta(days=7)))

    assert done[first] == 63_000
    assert isinstance(done[second], Refusal)
    assert done[second].code == "holds_pending"
    assert third not in done
    assert [state(person)[0] for person in (first, second, third)] == ["closed", "closing", "closing"]


@pytest.mark.parametrize(
    "act",
    [
        lambda people, person: people.verify(person), lambda people, person: people.consent(person),
        lambda people, person: people.withdraw(person), lambda people, person: people.begin_closing(person),
        freeze, unfreeze,
        keep, lambda people, person: use("spend_points", people, person, 1),
    ],
)  # fmt: skip
def test_nothing_is_done_with_a_closed_account(people: People, act: Callable[[People, int], Any]) -> None:
    person = people.linked()
    people.close(person)
    before = whole(without=["persons_verification"])

    with pytest.raises(Refusal):
        act(people.later(days=8), person)
    assert whole(without=["persons_verification"]) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE participants_person SET state = 'active' WHERE id = {p}", "DELETE FROM participants_person WHERE id = {p}",
        "INSERT INTO participants_person (created_at, state) VALUES (now(), 'closed')", "UPDATE ledger_balance SET standing = 0",
        "UPDATE persons_state_change SET reason = ''", "DELETE FROM persons_state_change", "DELETE FROM persons_identity",
        "DELETE FROM participants_person_link", "INSERT INTO persons_ended_link VALUES (1, gen_random_uuid(), '', now(), 1)",
        "SELECT persons_end_links({p}, NULL, now())",
    ],
)  # fmt: skip
def test_the_application_changes_no_state_by_another_way(people: People, statement: str) -> None:
    from django.db import Error, connection, transaction

    person = people.linked()
    before = whole()

    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(p=person))
    assert whole() == before


def test_closing_while_records_come_in_books_each_before_or_refuses_it(lasting_people: People) -> None:
    people = lasting_people
    person = people.linked()
    people.desk.send(walk("0", at=at(-30)))

    def book(number: int) -> list[str]:
        return ends(people.desk.send(walk(f"{number}", at=at(number))))

    answers = at_once(
        *[lambda n=number: book(n) for number in range(1, 5)], lambda: people.begin_closing(person) and ["closing"]
    )
    accepted = sum(answer == ["accepted"] for answer in answers)

    assert {end for answer in answers for end in answer} <= {"accepted", "account_closing", "closing"}
    assert people.desk.balance()[2] == 1 + accepted
    from tanhui.flows.account_state import close_account

    assert close_account(person, reason="x", actor="y", now=people.now + timedelta(days=7)) == (1 + accepted) * 63_000
    assert faults() == []
