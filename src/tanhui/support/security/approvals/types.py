"""What crosses the boundary of approvals: a proposal, what was decided on it, and what is refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

Stage = Literal["draft", "entered", "reviewed", "approved", "rejected", "withdrawn", "applied", "refused"]
Step = Literal["enter", "review", "approve", "reject", "withdraw", "apply", "refuse"]
TakenBySomebody = Literal["enter", "review", "approve", "reject", "withdraw"]

STAGES: dict[str, Text] = {
    "draft": Text("草稿", "draft"),
    "entered": Text("已录入", "entered"),
    "reviewed": Text("已复核", "reviewed"),
    "approved": Text("已审批", "approved"),
    "rejected": Text("已驳回", "rejected"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "applied": Text("已生效", "applied"),
    "refused": Text("生效时被拒绝", "refused when applied"),
}
STEPS: dict[str, Text] = {
    "enter": Text("录入", "enter"),
    "review": Text("复核", "review"),
    "approve": Text("审批", "approve"),
    "reject": Text("驳回", "reject"),
    "withdraw": Text("撤回", "withdraw"),
    "apply": Text("生效", "apply"),
    "refuse": Text("拒绝生效", "refuse to apply"),
}
NEXT: dict[tuple[str, str], Stage] = {
    ("draft", "enter"): "entered",
    ("entered", "review"): "reviewed",
    ("reviewed", "approve"): "approved",
    **{(stage, "reject"): "rejected" for stage in ("entered", "reviewed")},
    **{(stage, "withdraw"): "withdrawn" for stage in ("draft", "entered", "reviewed", "approved")},
    ("approved", "apply"): "applied",
    ("approved", "refuse"): "refused",
}
"""What stage a step leads to; what is not here is refused, by the database too."""
BY_THE_AUTHOR = frozenset({"enter", "withdraw"})


@dataclass(frozen=True, slots=True)
class Decision:
    """One step taken: who, when, why. `by` is None for what the platform did; `outcome` is what came of applying it."""

    step: Step
    by: int | None
    by_name: str
    comment: str
    outcome: Json | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What is proposed: its kind and subject, what is to be applied, what it changes and does, why, and from when."""

    kind: str
    subject: str
    payload: Json
    diff: Json
    effect: Json
    reason: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it stands. `digest` binds its content from entry on; decisions are in the order they were taken."""

    id: int
    content: Draft
    digest: str
    author: int
    author_name: str
    created_at: datetime
    stage: Stage
    decisions: tuple[Decision, ...] = ()

    @property
    def outcome(self) -> Json | None:
        """What came of applying it, or why that was refused; None as long as it was not tried."""
        return next((d.outcome for d in self.decisions if d.step in {"apply", "refuse"}), None)


class ProposalUnknown(Refusal):
    """There is no such proposal."""

    def __init__(self, number: int) -> None:
        text = Text("没有申请 {n}。", "There is no proposal {n}.").format(n=number)
        super().__init__("proposal_unknown", text, field="proposal")


class WrongStage(Refusal):
    """What was asked does not follow what was done so far."""

    def __init__(self, number: int, stage: str, step: str) -> None:
        text = Text("申请 {n} {a}，不能{s}。", "The proposal {n} is {a}; one cannot {s} it now.")
        super().__init__("wrong_stage", text.format(n=number, a=STAGES[stage], s=STEPS[step]), field="proposal")


class OthersDecide(Refusal):
    """The same person may not take two of the steps, and only the author enters or withdraws."""

    def __init__(self, step: str) -> None:
        if step in BY_THE_AUTHOR:
            text = Text("只有录入人本人可以{s}。", "Only its author can {s} it.")
        else:
            text = Text("录入、复核、审批须由不同的人完成。", "Entry, review and approval are for different people.")
        super().__init__("same_person", text.format(s=STEPS[step]), field="actor")


class ContentChanged(Refusal):
    """What was looked at is not what was entered."""

    def __init__(self, number: int) -> None:
        text = Text(
            "申请 {n} 的内容与所见不一致，请重新查看。", "The proposal {n} is not what you looked at; look again."
        )
        super().__init__("content_changed", text.format(n=number), field="digest")


class NotStaff(Refusal):
    """Partners, persons and the platform itself decide nothing."""

    def __init__(self) -> None:
        text = Text("只有工作人员可以录入、复核和审批。", "Only members of staff enter, review and approve.")
        super().__init__("not_staff", text, field="actor")
