"""Proposals decided and applied by many at once, and in any order: one step is taken once, and the stage follows the decisions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.apps import apps
from django.db import connections
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, run_state_machine_as_test
from hypothesis.stateful import rule as step_rule
from tests.approving import NOW, around, rule, somebody
from tests.bookkeeping import new_books

from tanhui.core.refusal import Refusal

THREADS = 8
pytestmark = pytest.mark.usefixtures("apart")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call answers, or the code of its refusal; all begin at the same moment, each on its own connection."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def correction() -> tuple[Any, int]:
    """A ride of ten kilometres, and a proposal entered to make it nine."""
    from tanhui.flows.propose import enter

    books = new_books()
    payload = {"record": str(books.ride(km="10")), "replace": {"distance_km": "9"}}
    return books, enter("correction", payload, reason="r", actor=somebody("operations"), around=around()).id


def take(number: int, step: Any, actor: Any) -> Any:
    from tanhui.flows.propose import decide

    return decide(number, step, actor=actor, around=around(), comment="c")


def decisions(number: int) -> list[str]:
    model = apps.get_model("approvals", "Decision")
    return list(model.objects.filter(proposal_id=number).order_by("pk").values_list("step", flat=True))


def test_of_many_who_review_at_once_one_does() -> None:
    _, number = correction()
    reviewers = [somebody("reviewer") for _ in range(THREADS)]

    answers = at_once(*((lambda actor=actor: take(number, "review", actor)) for actor in reviewers))

    assert sum(not isinstance(answer, str) for answer in answers) == 1
    assert {answer for answer in answers if isinstance(answer, str)} == {"wrong_stage"}
    assert decisions(number) == ["enter", "review"]


def test_approved_and_rejected_at_once_it_is_one_of_them() -> None:
    _, number = correction()
    take(number, "review", somebody("reviewer"))
    people = [somebody("approver") for _ in range(4)]

    answers = at_once(
        *((lambda n=n, who=who: take(number, ("approve", "reject")[n % 2], who)) for n, who in enumerate(people))
    )

    (won,) = (answer for answer in answers if not isinstance(answer, str))
    assert len(decisions(number)) == 3
    assert won.stage == {"approve": "approved", "reject": "rejected"}[decisions(number)[-1]]


def test_applied_by_many_at_once_it_is_booked_once() -> None:
    from tanhui.flows.apply_due import apply_due

    books, number = correction()
    take(number, "review", somebody("reviewer"))
    take(number, "approve", somebody("approver"))

    answers = at_once(*(lambda: apply_due(gwp_set="ar5", now=NOW) for _ in range(THREADS)))

    assert [each.id for answer in answers for each in answer if each.id == number] == [number]
    assert decisions(number) == ["enter", "review", "approve", "apply"]
    assert (books.balance().reduction_mg, books.balance().postings) == (420_300, 3)


class Steps(RuleBasedStateMachine):
    """Anybody tries anything in any order; a model of the rules says what may happen."""

    @initialize()
    def begin(self) -> None:
        from tanhui.flows.propose import save_draft

        self.people = PEOPLE
        self.author = self.people[0]
        draft = save_draft("conversion_rule", rule("any", 1), reason="r", actor=self.author, around=around())
        self.number, self.stage, self.reviewer = draft.id, "draft", None

    @step_rule(step=st.sampled_from(["enter", "review", "approve", "reject", "withdraw"]), who=st.integers(0, 2))
    def take(self, step: str, who: int) -> None:
        from tanhui.support.security.approvals.selectors import proposal

        actor, before = self.people[who], proposal(self.number)
        leads = {
            ("draft", "enter"): "entered", ("entered", "review"): "reviewed", ("reviewed", "approve"): "approved",
            ("entered", "reject"): "rejected", ("reviewed", "reject"): "rejected",
            **{(stage, "withdraw"): "withdrawn" for stage in ("draft", "entered", "reviewed", "approved")},
        }.get((self.stage, step))  # fmt: skip
        own = actor is self.author
        allowed = leads is not None and own == (step in {"enter", "withdraw"})
        allowed = allowed and not (step == "approve" and actor is self.reviewer)
        try:
            after = take(self.number, step, actor)
        except Refusal:
            assert not allowed
            assert proposal(self.number) == before
            return
        assert allowed
        assert after.stage == leads
        self.stage = after.stage
        self.reviewer = actor if step == "review" else self.reviewer
        takers = {d.step: d.by for d in after.decisions}
        assert len({takers[s] for s in ("enter", "review", "approve") if s in takers}) == len(
            {"enter", "review", "approve"} & takers.keys()
        )


PEOPLE: list[Any] = []


def test_whatever_is_tried_in_whatever_order_three_different_people_decide() -> None:
    PEOPLE[:] = [somebody("finance", "reviewer", "approver") for _ in range(3)]
    few = settings(max_examples=25, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Steps, settings=few)
