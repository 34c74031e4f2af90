"""Whatever is done to a person's points in whatever order, the books say what a plain model of lots says."""

from collections import defaultdict
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.bookkeeping import Books, new_books

from tanhui.core.lots import NEVER, draw, net_lots, take_back, valid_lots
from tanhui.core.refusal import Refusal

YEARS = st.sampled_from([datetime(2026, 3, 1, 4, tzinfo=UTC), datetime(2027, 3, 1, 4, tzinfo=UTC)])
KM = st.sampled_from(["0.5", "1", "2.345"])
DAYS = st.sampled_from([date(2028, 12, 31), date(2029, 1, 1), date(2030, 1, 1)])
TODAY = date(2026, 3, 1)
SHARE = st.sampled_from([1, 2, 3, 5, 9])
_keys = count()


class Points(RuleBasedStateMachine):
    """One person's account beside a model of it."""

    def __init__(self) -> None:
        super().__init__()
        self.books: Books = new_books()
        self.key = f"machine-{next(_keys)}-{self.books.name}-"
        self.steps = count()
        self.books.person()
        self.lots: dict[date, int] = defaultdict(int)
        self.expired: dict[date, int] = defaultdict(int)
        self.holds: list[tuple[Any, dict[date, int]]] = []
        self.records: dict[UUID, tuple[date, int, int]] = {}
        self.km: dict[UUID, str | None] = {}
        self.granted = self.retired = self.clawed = self.postings = self.grams = 0

    def new_key(self) -> str:
        return f"{self.key}{next(self.steps)}"

    def grant(self, key: UUID, km: str | None) -> None:
        from tanhui.support.ledger.selectors import posting

        row = posting(key) or {}
        self.km[key] = km
        self.records[key] = (row["expires_on"], row["points_milli"], row["credited_mg"])
        self.lots[row["expires_on"]] += row["points_milli"]
        self.granted += row["points_milli"]
        self.grams += row["credited_mg"]
        self.postings += 1

    @rule(km=KM, now=YEARS)
    def ride(self, km: str, now: datetime) -> None:
        self.grant(self.books.ride(km=km, now=now), km)

    @rule(share=SHARE, kept=st.booleans())
    def draw(self, share: int, kept: bool) -> None:
        usable = valid_lots(self.lots.items(), today=TODAY)
        milli = sum(part for _, part in usable) // share
        if not milli:
            return
        key = self.new_key()
        done = self.books.hold(milli, key=key) if kept else self.books.spend(milli, key=key)
        again = self.books.hold(milli, key=key) if kept else self.books.spend(milli, key=key)
        assert list(done.lots) == draw(usable, milli) == list(again.lots)
        assert again.repeated
        for day, part in done.lots:
            self.lots[day] -= part
        if kept:
            self.holds.append((done, dict(done.lots)))
        else:
            self.retired += milli

    @rule(more=st.integers(1, 10**6))
    def overdraw(self, more: int) -> None:
        usable = sum(part for _, part in valid_lots(self.lots.items(), today=TODAY))
        for call in (self.books.hold, self.books.spend):
            try:
                call(usable + more, key=self.new_key())
            except Refusal as refusal:
                assert refusal.code == "overdrawn"  # noqa: PT017 - both calls are to be refused, with the same code
            else:
                raise AssertionError

    @precondition(lambda self: self.holds)
    @rule(which=st.integers(0, 99), share=SHARE, used=st.booleans())
    def settle(self, which: int, share: int, used: bool) -> None:
        hold, left = self.holds[which % len(self.holds)]
        milli = sum(left.values()) // share
        if not milli:
            return
        done = (self.books.retire if used else self.books.release)(hold, milli, key=self.new_key())
        order = sorted(left.items(), reverse=not used)
        assert list(done.lots) == draw(order, milli)
        for day, part in done.lots:
            left[day] -= part
            if not used:
                self.lots[day] += part
        self.retired += milli if used else 0
        if not sum(left.values()):
            self.holds.remove((hold, left))

    @precondition(lambda self: self.records)
    @rule(which=st.integers(0, 99), km=st.sampled_from([None, "1.5", "0.25"]))
    def correct(self, which: int, km: str | None) -> None:
        key = list(self.records)[which % len(self.records)]
        if km == self.km[key]:
            return
        lot, milli, mg = self.records.pop(key)
        done = self.books.correct(key, km=km)
        if done.replacement is not None:
            self.grant(done.replacement, km)
        taken = take_back(self.lots.items(), milli, lot=lot, expired_milli=self.expired[lot])
        for day, part in taken.available:
            self.lots[day] -= part
        self.lots[NEVER] -= taken.owed_milli
        self.expired[lot] -= taken.expired_milli
        self.clawed += milli
        self.grams -= mg
        self.postings += 1

    @rule(on=DAYS)
    def expire(self, on: date) -> None:
        self.books.expire(on, key=self.new_key())
        for day, milli in net_lots(self.lots.items()):
            if day <= on:
                self.lots[day] -= milli
                self.expired[day] += milli

    @invariant()
    def the_books_agree(self) -> None:
        account = self.books.balance()
        assert self.books.lots() == sorted((day, milli) for day, milli in self.lots.items() if milli)
        assert account.available_milli == sum(self.lots.values())
        assert account.held_milli == sum(sum(left.values()) for _, left in self.holds)
        assert (account.reduction_mg, account.postings) == (self.grams, self.postings)

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        account = self.books.balance()
        gone = self.retired + self.clawed + sum(self.expired.values())
        assert account.available_milli + account.held_milli + gone == self.granted

    def teardown(self) -> None:
        from tanhui.flows.audit_books import audit_books

        assert audit_books().problems == []


def test_points_follow_the_model(books: Books) -> None:
    run_state_machine_as_test(
        Points,
        settings=settings(
            max_examples=12,
            stateful_step_count=18,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
