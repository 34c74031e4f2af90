"""Limits met in the order of the records: what is left of each record's amount when so much is allowed per holder and span.

A record that one limit cuts takes no more room under the others than what is left of it, as if each record came by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Limit:
    """At most `most` per group. The columns are of shape (members,), `members` being places in the batch in ascending order.

    All members count; those `under` the limit are cut. It counts records that have something left, or sums their amounts.
    """

    members: Integers
    groups: "Groups"
    booked: Integers
    """What was booked in the group of each before."""
    under: NDArray[np.bool_]
    most: int
    of_records: bool


class Groups:
    """Members of the same holder and span, each of shape (members,), in their order."""

    def __init__(self, holder: Integers, starts: Integers) -> None:
        self._order = np.lexsort((starts, holder))  # stable: within a group they stay in their order
        holder, starts = holder[self._order], starts[self._order]
        new = np.ones(len(holder), dtype=np.bool_)
        new[1:] = (holder[1:] != holder[:-1]) | (starts[1:] != starts[:-1])
        self._first = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))

    def running_total(self, amount: Integers) -> Integers:
        """For each member, the sum of the amounts of earlier ones of its group."""
        sums = np.cumsum(amount[self._order]) - amount[self._order]
        result = np.empty_like(sums)
        result[self._order] = sums - sums[self._first]
        return result

    def numbers(self) -> Integers:
        """A number of each member's group."""
        result = np.empty_like(self._order)
        result[self._order] = self._first
        return result


def cut_in_order(amounts: Integers, limits: Sequence[Limit]) -> tuple[Integers, Integers]:
    """What is left of the amounts, and by which limit each was cut last (from 1; 0: by none), both of shape (records,)."""
    left, cut_by, cutting = amounts.copy(), np.zeros(len(amounts), dtype=np.int64), 0
    for number, limit in enumerate(limits, start=1):
        asked = left[limit.members]
        counted = (asked > 0).astype(np.int64) if limit.of_records else asked
        room = limit.most - (limit.groups.running_total(counted) + limit.booked)
        allowed = np.where(room > 0, asked, 0) if limit.of_records else np.minimum(asked, np.maximum(room, 0))
        cut = limit.under & (allowed < asked)
        left[limit.members[cut]], cut_by[limit.members[cut]] = allowed[cut], number
        cutting += bool(cut.any())
    # While one limit alone cuts, the others had room for more than what is left, and its own count is that of what is left.
    return (left, cut_by) if cutting < 2 else _one_by_one(amounts, limits)


def _one_by_one(amounts: Integers, limits: Sequence[Limit]) -> tuple[Integers, Integers]:
    left, cut_by = amounts.tolist(), [0] * len(amounts)
    meets: list[list[tuple[int, Limit, int, int, bool]]] = [[] for _ in left]
    for number, limit in enumerate(limits):
        groups, booked, under = limit.groups.numbers().tolist(), limit.booked.tolist(), limit.under.tolist()
        for place, member in enumerate(limit.members.tolist()):
            meets[member].append((number, limit, groups[place], booked[place], under[place]))
    totals: list[dict[int, int]] = [{} for _ in limits]
    for record, met in enumerate(meets):
        for number, limit, group, booked_before, is_under in met:
            room = limit.most - booked_before - totals[number].get(group, 0)
            allowed = (left[record] if room > 0 else 0) if limit.of_records else min(left[record], max(room, 0))
            if is_under and allowed < left[record]:
                left[record], cut_by[record] = allowed, number + 1
        for number, limit, group, _, _ in met:
            counted = int(left[record] > 0) if limit.of_records else left[record]
            totals[number][group] = totals[number].get(group, 0) + counted
    return np.array(left, dtype=np.int64), np.array(cut_by, dtype=np.int64)
