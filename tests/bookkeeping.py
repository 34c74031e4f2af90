"""Books to test with: a scheme over the tests' database, persons nobody has used before, and records booked for them.

What is booked stays: nothing can be taken out of the books. So each test has partners and persons of its own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import count
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl
import pytest

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
METRO, SHENZHEN = 19, "440300"
VOUCHER = {"reason": "test", "actor": "tester", "now": NOW}
_NUMBERS = count(1)


@dataclass
class Books:
    """A scheme and one partner of this test alone."""

    scheme: Any
    terms: Any
    name: str
    people: dict[str, int] = field(default_factory=dict)
    booked: Any = field(default_factory=lambda: count(1))

    def ride(self, person: str = "a", *, km: str = "10", now: datetime = NOW, **more: Any) -> UUID:
        """Books one metro ride in Shenzhen and says its key; each one is seven hours after the last unless `at` is given."""
        return self.rides([{"person": person, "km": km, **more}], now=now)[0]

    def correct(self, key: UUID, *, km: str | None = None, reason: str = "wrong") -> Any:
        """Corrects a ride to so many kilometres, or withdraws it."""
        from tanhui.flows.correct_activity import correct_activity

        replace = None if km is None else {"distance_km": Fraction(km)}
        return correct_activity(key, reason=reason, actor="tester", replace=replace, now=NOW)

    def hold(self, milli: int, *, key: str, person: str = "a") -> Any:
        from tanhui.flows.use_points import hold_points

        return hold_points(key=key, person_id=self.person(person), amount_milli=milli, **VOUCHER)

    def spend(self, milli: int, *, key: str, person: str = "a") -> Any:
        from tanhui.flows.use_points import spend_points

        return spend_points(key=key, person_id=self.person(person), amount_milli=milli, **VOUCHER)

    def release(self, hold: Any, milli: int | None = None, *, key: str) -> Any:
        from tanhui.flows.use_points import release_points

        return release_points(key=key, hold=hold.operation, amount_milli=milli, **VOUCHER)

    def retire(self, hold: Any, milli: int | None = None, *, key: str) -> Any:
        from tanhui.flows.use_points import retire_points

        return retire_points(key=key, hold=hold.operation, amount_milli=milli, **VOUCHER)

    def expire(self, on: date, *, key: str) -> Any:
        from tanhui.flows.expire_points import expire_points

        return expire_points(on=on, key=key, actor="tester", now=datetime.combine(on, time(4), UTC))[1]

    def under(self, **changes: Any) -> "Books":
        """The same books, with a conversion rule of this test alone in place of the scheme's."""
        from tanhui.flows.scheme import Scheme
        from tanhui.steps.points.rules import approve_rule, read_rule, shipped_rules

        document = {**shipped_rules()[0][1], "code": f"{self.name}-{next(_NUMBERS)}", **changes}
        number = approve_rule(document, now=NOW)
        scheme = Scheme(self.scheme.library, [(number, read_rule(document))], self.scheme.secret)
        return replace(self, scheme=scheme)

    def rides(self, rows: Sequence[dict[str, Any]], *, now: datetime = NOW) -> list[UUID]:
        """Books metro rides in one batch: `person`, `km`, and optionally `at` and `evidence`."""
        from tanhui.flows.record_activities import Sender, record_activities

        recorded = record_activities(
            self.frame(rows), sender=Sender(self.terms, self.name, "test"), scheme=self.scheme, now=now
        )
        assert recorded.verdicts.counts()["accepted"] == len(rows), recorded.verdicts.reasons
        self.people.update(zip((row.get("person", "a") for row in rows), recorded.persons.tolist(), strict=True))
        return [UUID(bytes=key.tobytes()) for key in recorded.keys]

    def frame(self, rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
        """The rows as the columns that the flow takes."""
        from tanhui.steps.collect.types import RECORD_COLUMNS

        numbers = [next(self.booked) for _ in rows]
        full = [
            {
                "row": n, "rows": 1, "record_id": row.get("id", f"{self.name}-{n}"), "subject": row.get("person", "a"),
                "behavior": METRO, "variant": None, "region": SHENZHEN,
                "occurred_at": row.get("at") or datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=7 * n),
                "duration_s": 600, "evidence": row.get("evidence", "partner"),
                "steps:distance_km": round(float(row.get("km", "10")) * 1000),
            }
            for n, row in zip(numbers, rows, strict=True)
        ]  # fmt: skip
        return pl.DataFrame(full, schema=RECORD_COLUMNS | {"steps:distance_km": pl.Int64()})

    def person(self, name: str = "a") -> int:
        """The person's number; one unknown so far gets an account with no record in it."""
        if name not in self.people:
            from django.db import transaction

            from tanhui.participants.persons.services import resolve_persons, subject_hashes
            from tanhui.steps.account.ledger import open_carbon_accounts

            with transaction.atomic():
                hashes = subject_hashes([name], namespace=self.name, secret=self.scheme.secret)
                found, new = resolve_persons(hashes, namespace=self.name, now=NOW)
                open_carbon_accounts(new)
            self.people[name] = int(found[0])
        return self.people[name]

    def balance(self, name: str = "a") -> Any:
        from tanhui.support.ledger.selectors import balance

        return balance(self.person(name))

    def lots(self, name: str = "a") -> list[tuple[date, int]]:
        from tanhui.support.ledger.selectors import lots

        return lots(self.person(name))


def new_books() -> Books:
    """Books with a partner nobody else has."""
    from tanhui.flows.scheme import open_scheme
    from tanhui.participants.organizations.services import admit_file_partner
    from tanhui.steps.quantify.library import library

    name = f"test-{next(_NUMBERS)}-{np.random.default_rng().integers(10**9)}"
    return Books(open_scheme(library=library(), secret=b"k" * 32, now=NOW), admit_file_partner(name, now=NOW), name)


@pytest.fixture
def books(django_db_setup: None, django_db_blocker: Any) -> Iterator[Books]:
    """Books in the tests' database; what the test books is committed, so that threads see it."""
    with django_db_blocker.unblock():
        yield new_books()


@contextmanager
def as_owner() -> Iterator[None]:
    """Within, what goes over the application's connection goes over the owner's."""
    from django.db import connections

    application, owner = connections["default"], connections["owner"]
    connections["default"] = owner
    try:
        yield
    finally:
        connections["default"] = application
        owner.close()
