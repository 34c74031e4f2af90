"""Batches of records to hand to the flows, and the whole of the books to compare before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import numpy as np
import polars as pl

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
MORNING = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
"""Eight o'clock of a Monday in Shanghai."""
SECRET = b"k" * 32
WALKING, CYCLING, METRO, PAYMENT = 16, 17, 19, 34
STEPS = "steps:"
_COLUMNS = {"id", "person", "behavior", "variant", "region", "at", "seconds", "evidence", "household"}
_NAMES = count(1)


def at(hours: float = 0, *, minutes: float = 0) -> datetime:
    """So long after the morning."""
    return MORNING + timedelta(hours=hours, minutes=minutes)


def frame(rows: Sequence[Mapping[str, Any]], *, households: bool = False) -> pl.DataFrame:
    """The rows as the columns that the flow takes; what is none of `_COLUMNS` is a field in whole steps."""
    from tanhui.steps.collect.types import RECORD_COLUMNS

    fields = list(dict.fromkeys(name for row in rows for name in row if name not in _COLUMNS))
    full = [
        {
            "row": number, "rows": 1, "record_id": row["id"], "subject": row.get("person", "anna"),
            "behavior": row.get("behavior", WALKING), "variant": row.get("variant"), "region": row.get("region", "CN"),
            "occurred_at": row.get("at", MORNING), "duration_s": row.get("seconds", 0),
            "evidence": row.get("evidence", "partner"), **{STEPS + name: row.get(name) for name in fields},
            "household": row.get("household"),
        }
        for number, row in enumerate(rows, start=2)
    ]  # fmt: skip
    schema = RECORD_COLUMNS | {STEPS + name: pl.Int64() for name in fields} | {"household": pl.String()}
    made = pl.DataFrame(full, schema=schema)
    return made if households or any(row.get("household") for row in rows) else made.drop("household")


def walk(name: str, steps: int = 10_000, **more: Any) -> dict[str, Any]:
    """A walk: 10,000 steps are 63,000 mg."""
    return {"id": name, "steps": steps, **more}


def pay(name: str, **more: Any) -> dict[str, Any]:
    """An electronic payment, 480 mg; not exclusive."""
    return {"id": name, "behavior": PAYMENT, "count": 1, **more}


@dataclass
class Desk:
    """A partner of one test alone, in a space of user ids of its own, with the scheme that its batches are booked by."""

    scheme: Any
    terms: Any
    space: str
    secret: bytes = SECRET
    people: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(cls, scheme: Any = None) -> "Desk":
        from tanhui.flows.scheme import open_scheme
        from tanhui.participants.organizations.services import admit_file_partner
        from tanhui.steps.quantify.library import library

        name = f"desk-{next(_NAMES)}-{np.random.default_rng().integers(10**9)}"
        return cls(
            scheme or open_scheme(library=library(), secret=SECRET, now=NOW), admit_file_partner(name, now=NOW), name
        )

    def beside(self) -> "Desk":
        """Another partner that knows the same persons by the same ids."""
        other = Desk.open(self.scheme)
        return Desk(self.scheme, other.terms, self.space)

    def send(self, *rows: Mapping[str, Any], now: datetime = NOW, **more: Any) -> Any:
        """What the flow answers to these rows as one batch."""
        return self.send_frame(frame(rows, **more), now=now)

    def send_frame(self, records: pl.DataFrame, *, now: datetime = NOW) -> Any:
        from tanhui.flows.record_activities import Sender, record_activities

        recorded = record_activities(
            records, sender=Sender(self.terms, self.space, "test"), scheme=self.scheme, now=now
        )
        found = zip(records["subject"].to_list(), recorded.persons.tolist(), strict=True)
        self.people.update({subject: person for subject, person in found if person})
        return recorded

    def balance(self, person: str = "anna") -> tuple[int, int, int]:
        """Milligrams, thousandths of a point, postings; nothing at all for somebody unknown."""
        from tanhui.support.ledger.selectors import balance

        if person not in self.people:
            return 0, 0, 0
        found = balance(self.people[person])
        assert found is not None
        return found.reduction_mg, found.available_milli, found.postings


def ends(recorded: Any) -> list[str]:
    """How each record of a batch ended: `accepted`, or the code of its reason."""
    reasons = recorded.verdicts.reasons
    return [reasons[n].code if n in reasons else "accepted" for n in range(len(recorded.verdicts.outcome))]


def outcomes(recorded: Any) -> list[str]:
    from tanhui.steps.collect.verdicts import OUTCOMES

    return [OUTCOMES[code] for code in recorded.verdicts.outcome]


def credited(recorded: Any) -> list[int]:
    return [int(mg) for mg in recorded.credited_mg]


def whole(*, without: Sequence[str] = ()) -> dict[str, tuple[int, str | None]]:
    """Every table of the database: how many rows, and a hash of all of them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [row[0] for row in cursor.fetchall() if row[0] not in without and row[0] != "django_migrations"]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" AS t')
            found[table] = cursor.fetchone()
    return found


def postings_of(partner_id: int) -> list[dict[str, Any]]:
    """What this partner has booked, in the order of persons and sequence."""
    return query("SELECT * FROM ledger_posting WHERE partner_id = %s ORDER BY person_id, sequence", [partner_id])


def query(statement: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def unbalanced() -> list[dict[str, Any]]:
    """Units whose entries do not sum to zero, and persons whose balance is not the sum of their entries: none, ever."""
    units = query("SELECT unit, sum(amount)::bigint AS milli FROM ledger_entry GROUP BY unit HAVING sum(amount) <> 0")
    persons = query(
        """
        SELECT b.person_id, b.reduction_mg, e.mg, b.available_milli, e.milli FROM ledger_balance AS b
        LEFT JOIN (
            SELECT person_id, sum(amount) FILTER (WHERE account = 'carbon') AS mg,
                   sum(amount) FILTER (WHERE account = 'available') AS milli
            FROM ledger_entry WHERE person_id IS NOT NULL GROUP BY person_id
        ) AS e USING (person_id)
        WHERE b.reduction_mg <> coalesce(e.mg, 0) OR b.available_milli <> coalesce(e.milli, 0)
        """
    )
    return units + persons
