"""Who may take which step: by the table of permissions, then by what they did on the proposal before."""

from tanhui.support.security.access.policies import demand, may
from tanhui.support.security.access.types import Actor
from tanhui.support.security.approvals.types import (
    BY_THE_AUTHOR,
    NEXT,
    NotStaff,
    OthersDecide,
    Proposal,
    Step,
    WrongStage,
)

NEEDS = {"enter": "enter", "withdraw": "enter", "review": "review", "approve": "approve"}


def demand_step(actor: Actor, proposal: Proposal, step: Step) -> None:
    """Nothing, when the actor may take that step now. Raises `NotStaff`, `Forbidden`, `WrongStage`, `OthersDecide`."""
    if actor.kind != "staff":
        raise NotStaff
    needed = f"operator:{proposal.content.kind}"
    if step == "reject":  # whoever could say yes at this stage may say no
        action = "review" if proposal.stage == "entered" else "approve"
        demand(actor, f"{needed}:{action}")
    else:
        demand(actor, f"{needed}:{NEEDS[step]}")
    if (proposal.stage, step) not in NEXT:
        raise WrongStage(proposal.id, proposal.stage, step)
    reviewed = any(d.step == "review" and d.by == actor.number for d in proposal.decisions)
    if (step in BY_THE_AUTHOR) != (actor.number == proposal.author) or (step == "approve" and reviewed):
        raise OthersDecide(step)


def demand_entry(actor: Actor, kind: str) -> None:
    """Nothing, when the actor may propose such a thing. Raises `NotStaff`, `Forbidden`."""
    if actor.kind != "staff":
        raise NotStaff
    demand(actor, f"operator:{kind}:enter")


def can_read(actor: Actor, kind: str) -> bool:
    """Whether the actor may see proposals of that kind."""
    return may(actor, f"operator:{kind}:read")
