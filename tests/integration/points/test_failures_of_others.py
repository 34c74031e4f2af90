"""What went wrong in other ledgers and loyalty products, each once, shown not to happen here.

The threads they were told in stand beside the tests.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from tests.bookkeeping import NOW, VOUCHER, Books

from tanhui.core.conversion import NEVER
from tanhui.core.refusal import Refusal

LATER = datetime(2027, 3, 1, 4, 0, tzinfo=UTC)
AFTER_FIRST = date(2029, 6, 1)


def new_key() -> str:
    return str(uuid4())


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        call()
    return refusal.value.code


def test_a_refund_is_done_once(books: Books) -> None:
    """Blnk #152: a refund could be done twice."""
    key = books.ride()
    books.correct(key)
    empty = books.balance()

    books.correct(key)  # the same again: the same answer, nothing done
    assert refused(lambda: books.correct(key, reason="another")) == "already_corrected"

    assert books.balance() == empty
    assert (empty.reduction_mg, empty.available_milli) == (0, 0)


def test_holds_count_in_what_can_be_spent(books: Books) -> None:
    """Blnk #181: holds were not counted in balance checks."""
    books.ride()
    all_of_it = books.balance().available_milli
    books.hold(all_of_it - 5, key=new_key())

    assert refused(lambda: books.hold(6, key=new_key())) == "overdrawn"
    assert refused(lambda: books.spend(6, key=new_key())) == "overdrawn"
    assert books.spend(5, key=new_key()).amount_milli == 5


def test_a_released_hold_is_not_retired(books: Books) -> None:
    """Blnk #182: a rejected hold could still be committed."""
    books.ride()
    held = books.hold(10, key=new_key())
    books.release(held, key=new_key())
    before = books.balance()

    assert refused(lambda: books.retire(held, key=new_key())) == "hold_settled"
    assert refused(lambda: books.release(held, key=new_key())) == "hold_settled"
    assert books.balance() == before


def test_a_retired_hold_is_not_released(books: Books) -> None:
    books.ride()
    held = books.hold(10, key=new_key())
    books.retire(held, key=new_key())
    before = books.balance()

    assert refused(lambda: books.release(held, key=new_key())) == "hold_settled"
    assert books.balance() == before


def test_one_draw_on_several_lots_is_all_or_nothing(books: Books) -> None:
    """Blnk #183: atomic bulk was not atomic with several sources."""
    books.ride(km="1")
    books.ride(km="1", now=LATER)
    before, lots = books.balance(), books.lots()

    assert refused(lambda: books.hold(before.available_milli + 1, key=new_key())) == "overdrawn"

    assert (books.balance(), books.lots()) == (before, lots)


def test_a_hold_of_several_lots_is_retired_at_once(books: Books) -> None:
    """Blnk #195: the commit of a bulk hold failed."""
    books.ride(km="1")
    books.ride(km="1", now=LATER)
    held = books.hold(books.balance().available_milli, key=new_key())

    retired = books.retire(held, key=new_key())

    assert retired.lots == held.lots
    assert len(held.lots) == 2
    assert (books.balance().available_milli, books.balance().held_milli) == (0, 0)


def test_what_follows_names_what_it_follows_from(books: Books) -> None:
    """Blnk #158: the reference to the parent was missing."""
    from tanhui.support.ledger.selectors import posting
    from tanhui.support.ledger.transfers import moves_of

    key = books.ride()
    held = books.hold(10, key=new_key())
    retired = books.retire(held, key=new_key())
    done = books.correct(key, km="9")

    assert [move.hold for move in moves_of(retired.operation)] == [held.operation]
    assert (posting(key) or {})["reversal"] == done.reversal
    assert (posting(key) or {})["replaced_by"] == done.replacement
    assert (posting(done.reversal) or {})["reverses"] == key


def test_the_block_stays(books: Books) -> None:
    """Blnk #87: flags were not stored."""
    from tanhui.flows.block_points import block_points

    books.ride()
    block_points(key=new_key(), person_id=books.person(), blocked=True, **VOUCHER)
    books.ride()

    assert books.balance().blocked


def test_an_account_is_found_after_its_first_record(books: Books) -> None:
    """Blnk #180: a balance was not found after its first use."""
    books.ride()

    assert books.balance().postings == 1


def test_a_key_with_another_body_is_a_conflict(books: Books) -> None:
    """Formance #327, #1156: a repeated key with another body must not be answered as the first was."""
    books.ride()
    key = new_key()
    held = books.hold(10, key=key)
    before = books.balance()

    assert refused(lambda: books.hold(11, key=key)) == "operation_conflict"
    assert refused(lambda: books.spend(10, key=key)) == "operation_conflict"
    assert refused(lambda: books.release(held, key=key)) == "operation_conflict"
    assert books.balance() == before


def test_equal_keys_in_one_batch_are_booked_once(books: Books) -> None:
    """Formance stack#1633: equal keys in one batch crashed."""
    from tanhui.flows.record_activities import Sender, record_activities

    row = {"id": f"{books.name}-twin", "at": NOW - timedelta(days=3)}
    recorded = record_activities(
        books.frame([row, row]), sender=Sender(books.terms, books.name, "test"), scheme=books.scheme, now=NOW
    )

    assert recorded.verdicts.counts() == {"accepted": 1, "duplicate": 1, "conflict": 0, "refused": 0}


def test_a_refund_takes_the_points_back(books: Books) -> None:
    """odoo/odoo#257854: a refund kept the points."""
    key = books.ride()
    books.correct(key)

    assert books.lots() == []
    assert books.balance().available_milli == 0


def test_points_of_what_was_voided_are_in_no_statement(books: Books) -> None:
    """FloCafe #720: points on voided items."""
    from tanhui.steps.account.selectors import statement

    key = books.ride()
    books.correct(key)

    found = statement(books.person())
    assert found is not None
    assert [(line.records, line.credited_mg, line.points_milli) for line in found.lines] == [(0, 0, 0)]


def test_a_return_after_spending_leaves_a_debt(books: Books) -> None:
    """frappe/erpnext#32951: no negative points on return."""
    key = books.ride()
    points = books.balance().available_milli
    books.spend(points, key=new_key())

    books.correct(key)

    assert books.balance().available_milli == -points
    assert books.lots() == [(NEVER, -points)]
    assert refused(lambda: books.spend(1, key=new_key())) == "overdrawn"


def test_later_points_pay_the_debt_first(books: Books) -> None:
    key = books.ride(km="1")
    debt = books.balance().available_milli
    books.spend(debt, key=new_key())
    books.correct(key)

    books.ride(km="10", now=LATER)

    left = books.balance().available_milli
    assert refused(lambda: books.spend(left + 1, key=new_key())) == "overdrawn"
    assert books.expire(date(2030, 1, 1), key=new_key()).milli >= left
    assert books.balance().available_milli == 0


def test_a_rule_that_blocks_blocks_whoever_owes(books: Books) -> None:
    strict = books.under(claw_back="block")
    first, second = strict.ride(), strict.ride()
    strict.spend(strict.balance().available_milli, key=new_key())

    assert strict.correct(first).blocked
    strict.correct(second)

    for _ in range(4):
        strict.ride()
    assert strict.balance().available_milli > 0
    assert refused(lambda: strict.spend(1, key=new_key())) == "account_blocked"


def test_nobody_is_blocked_who_owes_nothing(books: Books) -> None:
    strict = books.under(claw_back="block")

    assert not strict.correct(strict.ride()).blocked


def test_what_expired_is_subtracted_once(books: Books) -> None:
    """FloCafe #78: expired credits were subtracted twice."""
    books.ride()
    key = new_key()

    expired = books.expire(AFTER_FIRST, key=key)
    again, once_more = books.expire(AFTER_FIRST, key=key), books.expire(AFTER_FIRST, key=new_key())

    assert expired.milli >= 1
    assert (again.milli, once_more.milli) == (0, 0)
    assert books.balance().available_milli == 0


def test_what_expired_is_not_clawed_back_again(books: Books) -> None:
    """The same the other way about: a record whose points expired unused costs its person no other points."""
    key = books.ride(km="1")
    books.ride(km="2", now=LATER)
    kept = books.lots()[1:]
    books.expire(AFTER_FIRST, key=new_key())

    books.correct(key)

    assert books.lots() == kept


def test_the_balance_follows_expiry_at_once(books: Books) -> None:
    """Kademi #5962: the balance was not updated at expiry."""
    books.ride(km="1")
    books.ride(km="2", now=LATER)
    (_, first), (_, second) = books.lots()

    books.expire(AFTER_FIRST, key=new_key())

    assert books.balance().available_milli == second
    assert first > 0


def test_lots_expire_by_their_day_whatever_their_rule_is_called(books: Books) -> None:
    """liberusoftware/ecommerce-laravel #1056: expiry went by label, so mislabelled lots never expired."""
    odd = books.under(expiry={"kind": "days", "count": 30})
    odd.ride("a")
    never = books.under(expiry={"kind": "never"})
    never.ride("b")
    assert odd.lots("a")[0][0] == date(2026, 3, 31)

    books.expire(date(2026, 3, 30), key=new_key())
    assert odd.balance("a").available_milli > 0
    books.expire(date(2026, 3, 31), key=new_key())

    assert odd.balance("a").available_milli == 0
    assert never.balance("b").available_milli > 0


def test_held_points_expire_when_they_are_released(books: Books) -> None:
    """odoo/odoo#206048 argues about it: what is held does not expire; released past its day, it does, at the next run."""
    books.ride()
    held = books.hold(10, key=new_key())
    books.expire(AFTER_FIRST, key=new_key())
    assert books.balance().held_milli == 10

    books.release(held, key=new_key())
    assert books.balance().available_milli == 10

    books.expire(AFTER_FIRST, key=new_key())
    assert books.balance().available_milli == 0
