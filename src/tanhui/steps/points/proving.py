"""Proving the points: what the stored rule makes of the grams credited, exactly, or less where a cap says so, and until when."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tanhui.core.conversion import ConversionRule
from tanhui.steps.account.services import CAPPED_BY_POINTS, NOT_CAPPED
from tanhui.steps.collect.columns import DAY, ZONE
from tanhui.steps.points.services import convert
from tanhui.support.ledger import limits as ledger
from tanhui.support.ledger.limits import Limit
from tanhui.support.ledger.proving import Fault
from tanhui.support.ledger.types import NEVER, RECORD, REVERSAL

Integers = NDArray[np.int64]
EPOCH = date(1970, 1, 1).toordinal()


def points_follow(
    rules: Mapping[int, ConversionRule],
    partners: Mapping[int, str],
    *,
    kind: Integers,
    rule_id: Integers,
    partner_id: Integers,
    credited_mg: Integers,
    points_milli: Integers,
    capped_by: Integers,
    behaviors: Integers,
    evidence: Integers,
    days: Integers,
) -> NDArray[np.bool_]:
    """Whether each record's points follow from its credit by its rule, which must have been in force on its day.

    Of shape (records,). A record that no rule converted (rule 0) has no points; neither has a reversal.
    """
    right: NDArray[np.bool_] = np.logical_and(points_milli == 0, (rule_id == 0) | (kind == REVERSAL))
    right &= (capped_by != CAPPED_BY_POINTS) | (rule_id != 0)
    pairs = rule_id * (1 << 16) + partner_id
    for pair in np.unique(pairs).tolist():
        number, partner = divmod(pair, 1 << 16)
        rule, code = rules.get(number), partners.get(partner)
        if rule is None or code is None:
            continue
        here = np.flatnonzero((pairs == pair) & (kind != REVERSAL))
        if not len(here):
            continue
        expected = convert(rule, code, here, credited_mg, behaviors, evidence, days)
        given, on = points_milli[here], days[here]
        in_force = on >= rule.valid_from.toordinal() - EPOCH
        if rule.valid_until is not None:
            in_force &= on < rule.valid_until.toordinal() - EPOCH
        whole = (capped_by[here] == NOT_CAPPED) | (not rule.caps)
        exact = np.where(whole, given == expected, (given >= 0) & (given <= expected))
        exact &= (capped_by[here] != CAPPED_BY_POINTS) | (given < expected)
        right[here] = np.logical_and(exact, in_force)
    return right


def expiries_follow(
    rules: Mapping[int, ConversionRule], *, kind: Integers, rule_id: Integers, expires_on: Integers, booked_at: Integers
) -> NDArray[np.bool_]:
    """Whether each record's points expire when its rule says, counted from the day it was booked; of shape (records,).

    `booked_at` is in microseconds since 1970, below 0 where it is not known; such records pass, as do corrections: that what
    corrects a record has its day is proved in the ledger, that a rule exists by `points_follow`.
    """
    right: NDArray[np.bool_] = (kind != RECORD) | (booked_at < 0)
    days = np.where(right, 0, (booked_at + ZONE) // DAY)
    pairs = rule_id * (1 << 24) + days
    for pair in np.unique(pairs[~right]).tolist():
        number, day = divmod(pair, 1 << 24)
        rule = rules.get(number)
        if number and rule is None:
            right |= pairs == pair
            continue
        until = NEVER if rule is None else rule.expiry.expires_on(date.fromordinal(EPOCH + day))
        right |= (pairs == pair) & (expires_on == until.toordinal() - EPOCH)
    return right


def points_caps_kept(rules: Mapping[int, ConversionRule]) -> Iterator[Fault]:
    """Spans in which more points stand than a rule's cap allows, and records whose points no cap that was reached has cut."""
    bounds = defaultdict(set)
    for number, rule in rules.items():
        for cap in rule.caps:
            bounds[cap.behavior or 0, cap.per].add((number, cap.points_milli))
    several = {(kind, most) for kind, found in bounds.items() for _, most in found}
    limits = [
        Limit(
            behavior, per, by_household=False, unit="milli_points", most=most,
            numbers=frozenset(n for n, bound in found if bound <= most),
            own=frozenset(n for n, bound in found if bound == most), alone=len(several) == 1,
        )
        for (behavior, per), found in bounds.items()
        for most in sorted({bound for _, bound in found})
    ]  # fmt: skip
    yield from ledger.exceeded(limits)
    yield from ledger.unreached(limits, of_points=True)
