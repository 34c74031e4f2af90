"""The individual carbon account: crediting a batch of quantified records under the methodology's caps (clause 4(4))."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tanhui.core.methodology import Cap
from tanhui.steps.account.cuts import Groups, Limit, cut_in_order
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
    reduction_mg: Integers,
    caps: Sequence[tuple[Cap, NDArray[np.bool_]]],
    members: Integers,
    *,
    behavior: int,
    occurred_at: Integers,
    holders: Holders,
) -> tuple[Integers, Integers]:
    """What is credited for a behavior's records, and by which kind of cap each was cut last, of shape (members,).

    `reduction_mg`, of the same shape, is what they are worth, nothing being below 0. Each cap comes with the records that it
    cuts; all `members` count, as what is booked already counts, whichever methodology priced them. They count in their order.
    """
    limits: list[Limit] = []
    kinds = [NOT_CAPPED]
    for cap, under in caps:
        for limit, kind in _limits(cap, under, members, behavior=behavior, occurred_at=occurred_at, holders=holders):
            limits.append(limit)
            kinds.append(kind)
    credited_mg, cut_by = cut_in_order(reduction_mg, limits)
    return credited_mg, np.array(kinds, dtype=np.int64)[cut_by]


def _limits(
    cap: Cap, under: NDArray[np.bool_], members: Integers, *, behavior: int, occurred_at: Integers, holders: Holders
) -> Iterator[tuple[Limit, int]]:
    """The limits of a cap: of households for their records, and of persons for the others, under which all of theirs count."""
    starts, ends = spans(occurred_at[members], cap.per)
    shared = (holders.households[members] != 0) & (cap.by == "household")
    everybody = np.arange(len(members))
    for by_household, here, cut in ((True, np.flatnonzero(shared), under[shared]), (False, everybody, under & ~shared)):
        if not cut.any():
            continue
        holder = (holders.households if by_household else holders.persons)[members[here]]
        last_ended_at = holders.last_ended_at[members[here]]
        use = np.zeros((len(here), 3), dtype=np.int64)
        use[cut] = booked_in_spans(
            holder[cut], behavior=behavior, starts=starts[here][cut], ends=ends[here][cut], by_household=by_household,
            last_ended_at=last_ended_at[cut],
        )  # fmt: skip
        groups = Groups(holder, starts[here])
        if cap.records is not None:
            yield Limit(here, groups, use[:, RECORDS], cut, cap.records, of_records=True), CAPPED_BY_RECORDS
        if cap.reduction_mg is not None:
            yield Limit(here, groups, use[:, MILLIGRAMS], cut, cap.reduction_mg, of_records=False), CAPPED_BY_REDUCTION


def booked_in_spans(
    holder: Integers, *, behavior: int, starts: Integers, ends: Integers, by_household: bool, last_ended_at: Integers
) -> Integers:
    """Records, milligrams and milli-points booked already in each record's span, of shape (records, 3).

    `holder` is a household or a person each; of a person, what begins after the last act in the account needs no look.
    """
    use = np.zeros((len(holder), 3), dtype=np.int64)
    chosen = np.full(len(holder), fill_value=True) if by_household else last_ended_at >= starts
    if not chosen.any():
        return use
    asked, back = np.unique(
        np.column_stack((holder[chosen], starts[chosen], ends[chosen])), axis=0, return_inverse=True
    )
    behaviors = np.full(len(asked), behavior, dtype=np.int64)
    sums = usage(
        persons=asked[:, 0].copy(), behaviors=behaviors, starts=asked[:, 1].copy(), ends=asked[:, 2].copy(),
        by_household=by_household,
    )  # fmt: skip
    use[chosen] = sums[back.ravel()]
    return use


def continue_sequences(persons: Integers, postings: Integers) -> Integers:
    """Each record's place in its person's account: after the `postings` there are, in the batch's order. No gaps."""
    order = np.argsort(persons, kind="stable")
    new = np.concatenate(([True], persons[order][1:] != persons[order][:-1]))
    first = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    places = np.empty_like(order)
    places[order] = np.arange(len(order)) - first
    return postings + places + 1


def local_day(moment: int) -> date:
    """The day of a moment (µs since 1970) in the scheme's zone."""
    return date.fromordinal(719_163 + (moment + ZONE) // DAY)
