"""Proving the points: what the stored rule makes of the grams credited, exactly, or less where a cap says so."""

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tanhui.core.conversion import ConversionRule
from tanhui.steps.points.services import convert
from tanhui.support.ledger.types import REVERSAL

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
        exact = np.where(capped_by[here] == 0, given == expected, (given >= 0) & (given <= expected))
        right[here] = np.logical_and(exact, in_force)
    return right
