"""Points by day of expiry, called lots: which are drawn, which expire, and how a debt is carried (clause 7.4).

A lot is (first day on which its points are no longer valid, thousandths of a point); `NEVER` is the lot without expiry.

The invariant, which the audit proves: the lots of an account sum up to its available points, and no lot is below zero but
`NEVER`, which may be, by what was clawed back and not there: the debt. A debt is paid by whatever is granted later. No
transfer says so; it follows from `net_lots`, which counts the debt against the points that expire first. As only net points
are ever drawn or expired, each lot stays at or above zero, and what the person can use is never more than the sum.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tanhui.core.conversion import NEVER

Lot = tuple[date, int]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a claw-back takes: from available lots, from points that had expired, and what is left owing in the lot NEVER."""

    available: tuple[Lot, ...]
    expired_milli: int
    owed_milli: int


def net_lots(lots: Iterable[Lot]) -> list[Lot]:
    """The lots that can be used, the first-expiring first, after the debt is paid from the first-expiring; all above zero.

    Their sum is the available balance, or nothing when that is below zero.
    """
    ordered = sorted(lots)
    debt = -sum(milli for _, milli in ordered if milli < 0)
    net = []
    for day, milli in ordered:
        if milli > 0:
            paid = min(milli, debt)
            debt -= paid
            if milli > paid:
                net.append((day, milli - paid))
    return net


def valid_lots(lots: Iterable[Lot], *, today: date) -> list[Lot]:
    """The net lots that are still valid today: what can be spent, whether or not the others were booked out already."""
    return [lot for lot in net_lots(lots) if lot[0] > today]


def draw(lots: Iterable[Lot], amount_milli: int) -> list[Lot] | None:
    """What to take from each of these lots, all above zero, the first given first, or None when they do not hold so much."""
    taken = []
    for day, milli in lots:
        part = min(milli, amount_milli)
        amount_milli -= part
        if part:
            taken.append((day, part))
    return None if amount_milli else taken


def take_back(lots: Iterable[Lot], amount_milli: int, *, lot: date, expired_milli: int) -> TakenBack:
    """How to take back points that were granted in `lot`, of which `expired_milli` have expired.

    First what is left of that lot; then what has expired of it, which the person has had no good of; then other points, the
    first-expiring first. The rest is owed.
    """
    net = net_lots(lots)
    order = sorted(net, key=lambda other: (other[0] != lot, other[0]))
    own = next((milli for day, milli in net if day == lot), 0)
    from_expired = min(max(amount_milli - own, 0), expired_milli)
    wanted = amount_milli - from_expired
    at_hand = min(wanted, sum(milli for _, milli in net))
    return TakenBack(tuple(draw(order, at_hand) or ()), from_expired, wanted - at_hand)


__all__ = ["NEVER", "Lot", "TakenBack", "draw", "net_lots", "take_back", "valid_lots"]
