"""What crosses the boundary of the points: what an operation moved, and its refusals."""

from dataclasses import dataclass
from uuid import UUID

from tanhui.core.lots import Lot
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text


@dataclass(frozen=True, slots=True)
class PointsMoved:
    """What an operation moved of a person's points, by lot. The key of a hold is the hold.

    `repeated` says that it was done before under this key, and that nothing was done now.
    """

    operation: UUID
    person_id: int
    amount_milli: int
    lots: tuple[Lot, ...]
    repeated: bool


class AmountNotPositive(Refusal):
    """An amount of points must be more than nothing."""

    def __init__(self) -> None:
        super().__init__(
            "amount_not_positive",
            Text("积分数量必须大于零。", "The amount of points must be above zero."),
            field="amount",
        )


class AccountUnknown(Refusal):
    """There is no such account."""

    def __init__(self, person_id: int) -> None:
        super().__init__(
            "account_unknown", Text("没有账户 P{p}。", "There is no account P{p}.").format(p=person_id), field="person"
        )


class HoldUnknown(Refusal):
    """There never was such a hold."""

    def __init__(self, hold: UUID) -> None:
        super().__init__("hold_unknown", Text("没有冻结 {h}。", "There is no hold {h}.").format(h=hold), field="hold")


class HoldSettled(Refusal):
    """All that the hold held was retired or released already."""

    def __init__(self, hold: UUID) -> None:
        super().__init__(
            "hold_settled",
            Text("冻结 {h} 已全部注销或解冻。", "The hold {h} was retired or released already.").format(h=hold),
            field="hold",
        )


class HoldExceeded(Refusal):
    """More asked of a hold than it still holds."""

    def __init__(self, hold: UUID, left_milli: int) -> None:
        super().__init__(
            "hold_exceeded",
            Text("冻结 {h} 只剩 {n} 毫分。", "The hold {h} has only {n} thousandths of a point left.").format(
                h=hold, n=left_milli
            ),
            field="amount",
        )
