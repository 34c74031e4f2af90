"""Entry, review, approval (8.4): a proposal from its draft to its last decision. `apply_due` brings it into force.

What is entered is checked, compared with what there is and tried on what is booked; who reviews and approves sees that,
and is somebody else each time. Nobody's step is taken when it is refused.
"""

from collections.abc import Callable
from datetime import date

from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.attempts import in_transaction
from tanhui.flows.kinds import kind_named
from tanhui.flows.kinds.kind import Around, day_of
from tanhui.support.security.access.selectors import has_staff
from tanhui.support.security.access.types import Actor
from tanhui.support.security.approvals import services
from tanhui.support.security.approvals.policies import demand_entry
from tanhui.support.security.approvals.selectors import proposal
from tanhui.support.security.approvals.types import Draft, Proposal, TakenBySomebody
from tanhui.support.security.audit.context import acting_as


def enter(
    kind: str, payload: Json, *, reason: str, actor: Actor, around: Around, effective_on: date | None = None
) -> Proposal:  # fmt: skip
    """A proposal drafted and entered in one go. Raises `Refusal`: not allowed, or what the kind finds wrong with it."""

    def work() -> Proposal:
        number = _draft(kind, payload, reason, actor, around, effective_on)
        return services.decide(number, "enter", actor=actor, comment="", now=around.now)

    return _by(actor, reason, work)


def save_draft(
    kind: str, payload: Json, *, reason: str, actor: Actor, around: Around, effective_on: date | None = None,
    number: int | None = None,
) -> Proposal:  # fmt: skip
    """A draft, or one's own draft `number` with other content, checked as it would be entered. Raises as `enter` does."""

    def work() -> Proposal:
        if number is None:
            return proposal(_draft(kind, payload, reason, actor, around, effective_on))
        services.revise(number, _content(kind, payload, reason, around, effective_on), author=actor)
        return proposal(number)

    return _by(actor, reason, work)


def decide(
    number: int, step: TakenBySomebody, *, actor: Actor, around: Around, comment: str = "", digest: str | None = None
) -> Proposal:  # fmt: skip
    """The proposal after that step.

    A draft is described anew when it is entered; who approves what could not come into force any more is told so. Raises
    `Refusal`; nothing is changed then.
    """

    def work() -> Proposal:
        if step == "enter":
            held = services.hold(number)
            again = held.content
            day = day_of(again.effective_at)
            services.revise(number, _content(again.kind, again.payload, again.reason, around, day), author=actor)
        done = services.decide(number, step, actor=actor, comment=comment, now=around.now, digest=digest)
        if step == "approve":
            content = done.content
            kind_named(content.kind).check(content.payload, day_of(content.effective_at), around)
        return done

    return _by(actor, comment, work)


def demand_alone(kind: str) -> None:
    """Nothing, where one person runs the installation without staff accounts and books directly.

    Raises `Refusal` `approval_needed` as soon as there is a staff account of the operator's: from then on, such a thing
    passes through entry, review and approval.
    """
    if has_staff():
        text = Text(
            "已有工作人员账户，{k}须经录入、复核、审批：tanhui approvals enter {c}。",
            "There are staff accounts: a {k} passes through entry, review and approval: tanhui approvals enter {c}.",
        )
        raise Refusal("approval_needed", text.format(k=kind_named(kind).title, c=kind.replace("_", "-")))


def _draft(
    kind: str, payload: Json, reason: str, actor: Actor, around: Around, effective_on: date | None
) -> int:  # fmt: skip
    demand_entry(actor, kind_named(kind).code)  # before anything of what it would do is told
    return services.draft(_content(kind, payload, reason, around, effective_on), author=actor, now=around.now)


def _content(kind: str, payload: Json, reason: str, around: Around, effective_on: date | None) -> Draft:
    found = kind_named(kind)
    checked = found.check(payload, effective_on, around)
    diff, effect = found.describe(payload, checked, around)
    return Draft(kind, checked.subject, payload, diff, effect, reason, checked.effective_at)


def _by(actor: Actor, reason: str, work: Callable[[], Proposal]) -> Proposal:
    with acting_as(actor.reference, reason=reason):
        return in_transaction(work)
