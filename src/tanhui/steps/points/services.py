"""Awarding points for a batch of credited records (7.4): a dated rule's rate and multipliers, its caps, its expiry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tanhui.core.conversion import ConversionRule
from tanhui.core.methodology import EVIDENCE_LEVELS
from tanhui.steps.account.cuts import Groups, Limit, cut_in_order
from tanhui.steps.account.services import MILLI_POINTS, Holders, booked_in_spans, spans

Integers = NDArray[np.int64]
EPOCH = 719_163


@dataclass(frozen=True, slots=True)
class Award:
    """Per record: thousandths of a point, the rule's number (0: none in force), the day of expiry, whether a cap cut it."""

    points_milli: Integers
    rule_id: Integers
    expires_on: Integers
    capped: NDArray[np.bool_]


def award_points(
    rules: list[tuple[int, ConversionRule]],
    *,
    partner: str,
    credited_mg: Integers,
    behaviors: Integers,
    evidence: Integers,
    days: Integers,
    occurred_at: Integers,
    holders: Holders,
    booked: date,
) -> Award:
    """Points for each record by the rule in force on its day; rounded down once. All columns of shape (records,)."""  # fmt: skip
    many = len(credited_mg)
    points, rule_id = np.zeros(many, dtype=np.int64), np.zeros(many, dtype=np.int64)
    expires_on = np.full(many, _days(date(9999, 12, 31)), dtype=np.int64)
    for number, rule in rules:
        in_force = (rule_id == 0) & (days >= _days(rule.valid_from))
        if rule.valid_until is not None:
            in_force &= days < _days(rule.valid_until)
        members = np.flatnonzero(in_force)
        if not len(members):
            continue
        rule_id[members] = number
        expires_on[members] = _days(rule.expiry.expires_on(booked))
        points[members] = convert(rule, partner, members, credited_mg, behaviors, evidence, days)
    limits = [  # the older first, as their records mostly come first
        limit
        for number, rule in reversed(rules)
        for limit in _limits(rule, rule_id == number, behaviors, occurred_at, holders)
    ]
    points, cut_by = cut_in_order(points, limits)
    return Award(points, rule_id, expires_on, cut_by > 0)


def convert(
    rule: ConversionRule, partner: str, members: Integers, credited_mg: Integers, behaviors: Integers, evidence: Integers,
    days: Integers,
) -> Integers:  # fmt: skip
    """The points of these `members` of a batch by one rule, before its caps, of shape (members,); rounded down once."""
    edges = sorted(_days(day) for m in rule.multipliers for day in (m.valid_from, m.valid_until) if day is not None)
    period = np.searchsorted(np.array(edges, dtype=np.int64), days[members], side="right")
    alike = (behaviors[members] * len(EVIDENCE_LEVELS) + evidence[members]) * (len(edges) + 1) + period
    points = np.zeros(len(members), dtype=np.int64)
    for kind in np.unique(alike):
        here = np.flatnonzero(alike == kind)
        first = members[here[0]]
        rate = rule.rate(
            behavior=int(behaviors[first]), partner=partner, evidence=EVIDENCE_LEVELS[int(evidence[first])],
            on=date.fromordinal(EPOCH + int(days[first])),
        )  # fmt: skip
        amounts = credited_mg[members[here]]
        if int(amounts.max(initial=0)) * rate.numerator < 2**62:
            points[here] = amounts * rate.numerator // rate.denominator
        else:
            points[here] = [rule.points_milli(int(amount), rate) for amount in amounts]
    return points


def _limits(
    rule: ConversionRule, under: NDArray[np.bool_], behaviors: Integers, occurred_at: Integers, holders: Holders
) -> Iterator[Limit]:
    """The rule's caps for the records `under` it; all records count, as what is booked counts, whatever rule converted them."""
    for cap in rule.caps if under.any() else ():
        here = np.flatnonzero(behaviors == cap.behavior) if cap.behavior is not None else np.arange(len(behaviors))
        cut = under[here]
        if not cut.any():
            continue
        starts, ends = spans(occurred_at[here], cap.per)
        persons, use = holders.persons[here], np.zeros(len(here), dtype=np.int64)
        use[cut] = booked_in_spans(
            persons[cut], behavior=cap.behavior or 0, starts=starts[cut], ends=ends[cut], by_household=False,
            last_ended_at=holders.last_ended_at[here][cut],
        )[:, MILLI_POINTS]  # fmt: skip
        yield Limit(here, Groups(persons, starts), use, cut, cap.points_milli, of_records=False)


def _days(day: date) -> int:
    return day.toordinal() - EPOCH
