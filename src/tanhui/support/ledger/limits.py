"""Proving the caps: in no span was more booked than they allow, and what was cut was cut where a cap had been reached.

Caps count in the order of booking, which corrections disturb: what a cap cut stays cut when the record that filled it is
withdrawn. So what stands is held against the cap, but a cut is right when all that was ever booked in its span reached it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tanhui.support.ledger.connection import raw_cursor
from tanhui.support.ledger.proving import MOST_FOUND, Fault

Unit = Literal["records", "milligrams", "milli_points"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so much in each day, month or year of a person, or of a household and persons without one.

    It limits records priced by any of `numbers`: coefficients, or rules when it is of points. `own` are those of them whose
    own cap it is (the others' are lower). `behavior` 0 means any. `alone` says that nothing else can have cut its records.
    """

    behavior: int
    per: Literal["day", "month", "year"]
    by_household: bool
    unit: Unit
    most: int
    numbers: frozenset[int]
    own: frozenset[int]
    alone: bool


_LIMITS = """
limits AS (
    SELECT * FROM unnest(%(behavior)s::bigint[], %(per)s::text[], %(shared)s::bigint[], %(most)s::bigint[],
                         %(unit)s::text[], %(alone)s::bigint[])
        WITH ORDINALITY AS l(behavior, per, shared, most, unit, alone, number)
), applies AS (
    SELECT * FROM unnest(%(limit)s::bigint[], %(to)s::bigint[], %(own)s::bigint[]) AS a(number, rated_by, own)
)"""
# `place`: whose span it is, as two numbers of which one is 0, and the day it begins on.
_PLACE = """
    CASE WHEN l.shared = 1 THEN p.household ELSE 0 END AS household,
    CASE WHEN l.shared = 1 AND p.household <> 0 THEN 0 ELSE p.person_id END AS person,
    CASE l.per WHEN 'day' THEN (p.occurred_at AT TIME ZONE interval '8 hours')::date
               ELSE date_trunc(l.per, p.occurred_at AT TIME ZONE interval '8 hours')::date END AS begins"""
_EXCEEDED = (
    "WITH"
    + _LIMITS
    + """, spans AS (
    SELECT a.number, {place},
           sum(CASE l.unit WHEN 'records' THEN (p.credited_mg > 0)::int - (p.credited_mg < 0)::int
                           WHEN 'milligrams' THEN p.credited_mg ELSE p.points_milli END)::bigint AS booked
    FROM ledger_posting AS p JOIN applies AS a ON a.rated_by = p.{rated_by} JOIN limits AS l ON l.number = a.number
    WHERE {counted} AND (l.behavior = 0 OR l.behavior = p.behavior)
    GROUP BY a.number, 2, 3, 4
)
SELECT s.household, s.person, s.begins, s.booked, l.behavior, l.per, l.unit, l.most
FROM spans AS s JOIN limits AS l ON l.number = s.number WHERE s.booked > l.most LIMIT {most}
"""
)
_STANDING = "p.points_milli <> 0 AND NOT EXISTS (SELECT FROM ledger_reversal AS r WHERE r.reverses = p.key)"
# What was ever booked in a span; where several caps may have cut the same records, all that they may have counted.
_EVER = """
    SELECT CASE l.unit
        WHEN 'records' THEN count(*) FILTER (WHERE p.credited_mg > 0 OR (l.alone = 0 AND p.capped_by IN (1, 2)))
                            - (1 - l.alone)
        WHEN 'milligrams' THEN sum(CASE WHEN l.alone = 0 AND p.capped_by IN (1, 2) THEN greatest(p.reduction_mg, 0)
                                        ELSE p.credited_mg END)
        ELSE CASE WHEN l.alone = 0 AND count(*) FILTER (WHERE p.capped_by <> 0) > 1 THEN l.most
                  ELSE sum(p.points_milli) END
    END
    FROM ledger_posting AS p
    WHERE {whose} AND p.kind <> 2 AND (l.behavior = 0 OR l.behavior = p.behavior)
      AND p.occurred_at >= s.begins::timestamp AT TIME ZONE interval '8 hours'
      AND p.occurred_at < (s.begins + ('1 ' || l.per)::interval) AT TIME ZONE interval '8 hours'"""
_UNREACHED = (
    "WITH"
    + _LIMITS
    + """, cut AS MATERIALIZED (
    SELECT p.key, p.capped_by, l.number, {place}
    FROM ledger_posting AS p
    LEFT JOIN applies AS a ON a.rated_by = p.{rated_by} AND a.own = 1
    LEFT JOIN limits AS l ON l.number = a.number AND (l.behavior = 0 OR l.behavior = p.behavior)
         AND l.unit = CASE p.capped_by WHEN 1 THEN 'records' WHEN 2 THEN 'milligrams' ELSE 'milli_points' END
    WHERE p.kind <> 2 AND p.capped_by IN ({codes})
), used AS MATERIALIZED (
    SELECT s.*, l.most, CASE WHEN s.household <> 0 THEN ({by_household}) ELSE ({by_person}) END AS booked
    FROM (SELECT DISTINCT number, household, person, begins FROM cut WHERE number IS NOT NULL) AS s
    JOIN limits AS l ON l.number = s.number
)
SELECT c.key, c.capped_by, max(u.booked)::bigint AS booked, max(u.most) AS most
FROM cut AS c LEFT JOIN used AS u USING (number, household, person, begins)
GROUP BY c.key, c.capped_by HAVING (bool_or(u.booked >= u.most)) IS NOT TRUE LIMIT {most}
"""
)


def exceeded(limits: Sequence[Limit]) -> list[Fault]:
    """The spans in which more stands than a limit allows, at most `MOST_FOUND`. All limits are of points, or none is."""
    if not limits:
        return []
    of_points = limits[0].unit == "milli_points"
    statement = _EXCEEDED.format(
        place=_PLACE,
        rated_by=_rated_by(limits),
        most=MOST_FOUND,
        counted=_STANDING if of_points else "p.credited_mg <> 0",
    )
    with raw_cursor() as cursor:
        cursor.execute(statement, _columns(limits))
        names = ("begins", "booked", "behavior", "per", "unit", "most")
        return [
            Fault("caps_hold", f"P{person}" if person else f"household {household}", _figures(names, row))
            for household, person, *row in cursor.fetchall()
        ]


def unreached(limits: Sequence[Limit], *, of_points: bool) -> list[Fault]:
    """The records that a cap is said to have cut although it was not reached, or there is none; at most `MOST_FOUND`."""
    statement = _UNREACHED.format(
        place=_PLACE, rated_by="rule_id" if of_points else "coefficient_id", codes="3" if of_points else "1, 2",
        by_household=_EVER.format(whose="p.household = s.household AND p.household <> 0"),
        by_person=_EVER.format(whose="p.person_id = s.person"), most=MOST_FOUND,
    )  # fmt: skip
    with raw_cursor() as cursor:
        cursor.execute(statement, _columns(limits))
        names = ("capped_by", "booked", "most")
        return [Fault("cuts_have_their_cap", str(key), _figures(names, row)) for key, *row in cursor.fetchall()]


def _rated_by(limits: Sequence[Limit]) -> str:
    return "rule_id" if limits[0].unit == "milli_points" else "coefficient_id"


def _columns(limits: Sequence[Limit]) -> dict[str, Sequence[int] | Sequence[str]]:
    applies = [
        (place, number, int(number in limit.own)) for place, limit in enumerate(limits, 1) for number in limit.numbers
    ]
    return {
        "behavior": [limit.behavior for limit in limits], "per": [limit.per for limit in limits],
        "shared": [int(limit.by_household) for limit in limits], "most": [limit.most for limit in limits],
        "unit": [limit.unit for limit in limits], "alone": [int(limit.alone) for limit in limits],
        "limit": [place for place, _, _ in applies], "to": [number for _, number, _ in applies],
        "own": [own for _, _, own in applies],
    }  # fmt: skip


def _figures(names: Sequence[str], row: Sequence[object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, int | None) else str(value) for name, value in zip(names, row, strict=True)
    }
