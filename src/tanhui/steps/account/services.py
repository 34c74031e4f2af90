"""The individual carbon account: crediting a batch of quantified records under the methodology's caps (clause 4(4))."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tanhui.core.methodology import Cap
from tanhui.steps.collect.columns import DAY, ZONE
from tanhui.support.ledger.selectors import usage

Integers = NDArray[np.int64]
Period = Literal["day", "month", "year"]
NOT_CAPPED, CAPPED_BY_RECORDS, CAPPED_BY_REDUCTION, CAPPED_BY_POINTS = 0, 1, 2, 3
RECORDS, MILLIGRAMS, MILLI_POINTS = 0, 1, 2
_UNITS = {"day": "datetime64[D]", "month": "datetime64[M]", "year": "datetime64[Y]"}


@dataclass(frozen=True, slots=True)
class Holders:
    """Whose caps a record counts against: the person, and the household number (0: none given, the person's own)."""

    persons: Integers
    households: Integers
    last_ended_at: Integers


def of_households(caps: Iterable[Cap]) -> bool:
    """Whether any of these caps is shared by the persons of a household."""
    return any(cap.by == "household" for cap in caps)


def spans(occurred_at: Integers, per: Period) -> tuple[Integers, Integers]:
    """The day, month or year each moment falls in, in the scheme's zone: its begin and end in microseconds UTC."""
    unit = _UNITS[per]
    begin = (occurred_at + ZONE).view("datetime64[us]").astype(unit)
    return begin.astype("datetime64[us]").view(np.int64) - ZONE, (begin + 1).astype("datetime64[us]").view(
        np.int64
    ) - ZONE


def credit_under_caps(
    credited_mg: Integers,
    capped_by: Integers,
    caps: Iterable[Cap],
    members: Integers,
    *,
    under: NDArray[np.bool_],
    behavior: int,
    occurred_at: Integers,
    holders: Holders,
) -> tuple[Integers, Integers]:
    """What is credited for a behavior's records, and by which cap they were cut, of shape (members,).

    `credited_mg` and `capped_by`, of the same shape, are what holds before these caps, which cut the records `under` them; all
    `members` count, as what is booked already counts, whichever methodology priced them. They count in their order.
    """
    credited = credited_mg
    for cap in caps:
        starts, ends = spans(occurred_at[members], cap.per)
        use = booked_in_spans(members, behavior=behavior, starts=starts, ends=ends, holders=holders, by=cap.by)
        holder = _holder(holders, members, cap.by)
        if cap.records is not None:
            before = running_total(holder, starts, (credited > 0).astype(np.int64)) + use[:, RECORDS]
            cut = (before >= cap.records) & (credited > 0) & under
            credited, capped_by = np.where(cut, 0, credited), np.where(cut, CAPPED_BY_RECORDS, capped_by)
        if cap.reduction_mg is not None:
            before = running_total(holder, starts, credited) + use[:, MILLIGRAMS]
            allowed = np.where(under, np.minimum(credited, np.maximum(cap.reduction_mg - before, 0)), credited)
            capped_by = np.where(allowed < credited, CAPPED_BY_REDUCTION, capped_by)
            credited = allowed
    return credited, capped_by


def booked_in_spans(
    members: Integers,
    *,
    behavior: int,
    starts: Integers,
    ends: Integers,
    holders: Holders,
    by: Literal["person", "household"],
) -> Integers:
    """Records, milligrams and milli-points booked already in each record's span, of shape (members, 3)."""
    use = np.zeros((len(members), 3), dtype=np.int64)
    household = holders.households[members]
    of_household = (household != 0) & (by == "household")
    of_person = ~of_household & (holders.last_ended_at[members] >= starts)
    for chosen, column, by_household in ((of_household, household, True), (of_person, holders.persons[members], False)):
        if not chosen.any():
            continue
        asked, back = np.unique(
            np.column_stack((column[chosen], starts[chosen], ends[chosen])), axis=0, return_inverse=True
        )
        behaviors = np.full(len(asked), behavior, dtype=np.int64)
        sums = usage(
            persons=asked[:, 0].copy(), behaviors=behaviors, starts=asked[:, 1].copy(), ends=asked[:, 2].copy(),
            by_household=by_household,
        )  # fmt: skip
        use[chosen] = sums[back.ravel()]
    return use


def running_total(holder: Integers, starts: Integers, amount: Integers) -> Integers:
    """For each record, the sum of the amounts of earlier ones with the same holder and span."""
    order = np.lexsort((np.arange(len(holder)), starts, holder))
    sums = np.cumsum(amount[order]) - amount[order]
    new = np.concatenate(
        ([True], (holder[order][1:] != holder[order][:-1]) | (starts[order][1:] != starts[order][:-1]))
    )
    first = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    result = np.empty_like(sums)
    result[order] = sums - sums[first]
    return result


def continue_sequences(persons: Integers, postings: Integers) -> Integers:
    """Each record's place in its person's account: after the `postings` there are, in the batch's order. No gaps."""
    order = np.argsort(persons, kind="stable")
    new = np.concatenate(([True], persons[order][1:] != persons[order][:-1]))
    first = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    places = np.empty_like(order)
    places[order] = np.arange(len(order)) - first
    return postings + places + 1


def _holder(holders: Holders, members: Integers, by: Literal["person", "household"]) -> Integers:
    household = holders.households[members]
    return np.where((household != 0) & (by == "household"), household, holders.persons[members])


def local_day(moment: int) -> date:
    """The day of a moment (µs since 1970) in the scheme's zone."""
    return date.fromordinal(719_163 + (moment + ZONE) // DAY)
