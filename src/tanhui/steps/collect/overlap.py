"""Nobody does the same thing twice at once: acts of one person and behavior that overlap in time are one act (decision 5)."""

import numpy as np
from numpy.typing import NDArray

from tanhui.steps.collect.verdicts import Verdicts
from tanhui.support.ledger.selectors import overlapping

Integers = NDArray[np.int64]


def refuse_overlaps_within(
    verdicts: Verdicts, members: Integers, *, persons: Integers, behaviors: Integers, starts: Integers, ends: Integers
) -> None:
    """Of acts in this batch that overlap, the first in the batch stands. `members` are the exclusive records standing."""
    order = members[np.lexsort((starts[members], behaviors[members], persons[members]))]
    same = (persons[order][1:] == persons[order][:-1]) & (behaviors[order][1:] == behaviors[order][:-1])
    groups = np.concatenate(([0], np.cumsum(~same)))
    if not same.any():
        return
    sizes = np.bincount(groups)
    for group in np.flatnonzero(sizes > 1):
        alike = np.sort(order[np.searchsorted(groups, group) : np.searchsorted(groups, group, side="right")])
        _refuse_in_group(verdicts, alike, starts, ends)


def refuse_overlaps_with_booked(
    verdicts: Verdicts,
    members: Integers,
    *,
    partner_id: int,
    persons: Integers,
    behaviors: Integers,
    starts: Integers,
    ends: Integers,
    exclusive: Integers,
    last_ended_at: Integers,
) -> None:
    """Refuses acts that overlap one booked already: `already_booked` from another partner, `overlap` from the same.

    Acts that are not `exclusive` (0 or 1, per record) may overlap others of the same partner.
    `last_ended_at` is, per record, when the last act in the person's account ended: what begins later needs no look.
    """  # fmt: skip
    suspects = members[starts[members] <= last_ended_at[members]]
    if not len(suspects):
        return
    found = overlapping(
        persons=persons[suspects], behaviors=behaviors[suspects], starts=starts[suspects], ends=ends[suspects],
        exclusive=exclusive[suspects], partner_id=partner_id,
    )  # fmt: skip
    for place, other in found.items():
        verdicts.refuse([suspects[place]], "overlap" if other == partner_id else "already_booked", field="occurred_at")


def _refuse_in_group(verdicts: Verdicts, alike: Integers, starts: Integers, ends: Integers) -> None:
    order = alike[np.argsort(starts[alike], kind="stable")]
    latest_end = np.maximum.accumulate(ends[order])[:-1]
    if not ((starts[order][1:] < latest_end) | (starts[order][1:] == starts[order][:-1])).any():
        return
    standing: list[int] = []
    for record in alike.tolist():
        start, end = starts[record], ends[record]
        if any((start < ends[other] and starts[other] < end) or start == starts[other] for other in standing):
            verdicts.refuse([record], "overlap", field="occurred_at")
        else:
            standing.append(record)
