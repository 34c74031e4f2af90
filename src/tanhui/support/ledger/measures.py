"""What the books say of how a partner delivers: counted as sets, over the batches booked in a period."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

# The batches of a partner in a period; postings are found by the range of their numbers, which a BRIN index knows.
_BOOKED = """
WITH batches AS MATERIALIZED (
    SELECT id, booked_at FROM ledger_batch WHERE partner_id = %(partner)s AND booked_at >= %(since)s AND booked_at < %(until)s
), booked AS (
    SELECT p.kind, p.occurred_at, b.booked_at FROM ledger_posting AS p JOIN batches AS b ON b.id = p.batch_id
    WHERE p.partner_id = %(partner)s AND p.kind <> 3
      AND p.batch_id BETWEEN (SELECT min(id) FROM batches) AND (SELECT max(id) FROM batches)
)
"""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What was booked of a partner in a period: records, those taken back, and the delays in whole seconds (None: no records)."""

    records: int
    taken_back: int
    delay_p50_s: int | None
    delay_p95_s: int | None
    delay_p99_s: int | None


def deliveries(partner_id: int, *, since: datetime, until: datetime) -> Deliveries:
    """Counts and delays (from when it happened to when it was booked) of what was booked from `since` until before `until`."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BOOKED
            + """
            SELECT count(*) FILTER (WHERE kind = 1), count(*) FILTER (WHERE kind = 2),
                   percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY floor(extract(epoch FROM booked_at - occurred_at))::bigint)
                       FILTER (WHERE kind = 1)
            FROM booked
            """,
            {"partner": partner_id, "since": since, "until": until},
        )
        records, taken_back, delays = cursor.fetchone()
    return Deliveries(records, taken_back, *(delays or (None, None, None)))


def daily_records(partner_id: int, *, since: datetime, until: datetime) -> dict[date, int]:
    """How many records were booked of a partner by day of the scheme's zone; days without any are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BOOKED
            + "SELECT (booked_at AT TIME ZONE 'Asia/Shanghai')::date, count(*) FROM booked WHERE kind = 1 GROUP BY 1 ORDER BY 1",
            {"partner": partner_id, "since": since, "until": until},
        )
        return {day: int(many) for day, many in cursor.fetchall()}


def first_booked(partner_id: int) -> datetime | None:
    """When the first batch of a partner was booked, or None."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(booked_at) FROM ledger_batch WHERE partner_id = %s AND kind = 'records'", [partner_id]
        )
        found: datetime | None = cursor.fetchone()[0]
    return found
