"""Entry, review, approval: every step by whom it is for, in order, and nothing changed by a step that is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from tests.approving import LATER, NOW, around, rule, somebody

from tanhui.core.refusal import Refusal

pytestmark = pytest.mark.django_db
KIND = "conversion_rule"


@dataclass
class Office:
    """An author, a reviewer, an approver, and somebody who is both of the latter."""

    author: Any
    reviewer: Any
    approver: Any
    both: Any

    def enter(self, payload: Any = None, **more: Any) -> Any:
        from tanhui.flows.propose import enter

        given = {"reason": "a campaign", "actor": self.author, "around": around()} | more
        return enter(KIND, payload or rule("ours"), **given)

    def draft(self, payload: Any = None, **more: Any) -> Any:
        from tanhui.flows.propose import save_draft

        given = {"reason": "a campaign", "actor": self.author, "around": around()} | more
        return save_draft(KIND, payload or rule("ours"), **given)

    def take(self, number: int, step: Any, actor: Any, **more: Any) -> Any:
        from tanhui.flows.propose import decide

        return decide(number, step, actor=actor, around=more.pop("at", around()), **more)

    def reviewed(self) -> Any:
        return self.take(self.enter().id, "review", self.reviewer)

    def approved(self) -> Any:
        return self.take(self.reviewed().id, "approve", self.approver)


@pytest.fixture
def office() -> Office:
    return Office(
        somebody("finance", name="Fang"), somebody("reviewer", name="Rui"), somebody("approver", name="An"),
        somebody("reviewer", "approver", "finance", name="Bo"),
    )  # fmt: skip


def everything() -> list[Any]:
    models = [apps.get_model("approvals", name) for name in ("Proposal", "Decision")] + [
        apps.get_model("points", "StoredRule")
    ]
    return [list(model.objects.order_by("pk").values()) for model in models]


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What is done within is refused with that code, and changes nothing."""
    before = everything()
    with pytest.raises(Refusal) as refusal:
        yield
    assert refusal.value.code == code
    assert everything() == before


def apply_due(now: datetime = LATER) -> list[Any]:
    from tanhui.flows.apply_due import apply_due

    return apply_due(gwp_set="ar5", now=now)


def stored() -> list[tuple[str, int]]:
    return list(apps.get_model("points", "StoredRule").objects.filter(code="ours").values_list("code", "approved_by"))


def test_a_proposal_goes_from_entry_to_force_and_each_step_is_kept(office: Office) -> None:
    entered = office.enter()
    assert (entered.stage, len(entered.digest), entered.content.effective_at) == (
        "entered", 64, datetime(2026, 3, 4, 16, tzinfo=UTC),
    )  # fmt: skip
    reviewed = office.take(entered.id, "review", office.reviewer, comment="figures agree")
    approved = office.take(entered.id, "approve", office.approver)
    assert (reviewed.stage, approved.stage, stored()) == ("reviewed", "approved", [])

    assert apply_due(NOW) == []
    (applied,) = apply_due()

    assert (applied.stage, stored()) == ("applied", [("ours", "An")])
    assert [(d.step, d.by_name, d.comment) for d in applied.decisions] == [
        ("enter", "Fang", ""), ("review", "Rui", "figures agree"), ("approve", "An", ""), ("apply", "tanhui", ""),
    ]  # fmt: skip
    assert [d.by for d in applied.decisions] == [
        office.author.number,
        office.reviewer.number,
        office.approver.number,
        None,
    ]
    assert apply_due() == []


@pytest.mark.parametrize(
    ("stage", "step", "who", "code"),
    [
        ("entered", "review", "author", "forbidden"),
        ("entered", "approve", "approver", "wrong_stage"),
        ("entered", "enter", "author", "wrong_stage"),
        ("entered", "review", "approver", "forbidden"),
        ("entered", "reject", "approver", "forbidden"),
        ("entered", "withdraw", "both", "same_person"),
        ("reviewed", "review", "both", "wrong_stage"),
        ("reviewed", "approve", "reviewer", "forbidden"),
        ("reviewed", "reject", "reviewer", "forbidden"),
        ("approved", "approve", "both", "wrong_stage"),
        ("approved", "reject", "approver", "wrong_stage"),
        ("approved", "review", "reviewer", "wrong_stage"),
    ],
)
def test_a_step_that_is_not_ones_own_is_refused(office: Office, stage: str, step: str, who: str, code: str) -> None:
    proposal = {"entered": office.enter, "reviewed": office.reviewed, "approved": office.approved}[stage]()

    with refused(code):
        office.take(proposal.id, step, getattr(office, who), comment="no")


def test_nobody_reviews_approves_or_rejects_what_they_entered(office: Office) -> None:
    own = office.enter(actor=office.both)
    with refused("same_person"):
        office.take(own.id, "review", office.both)
    with refused("same_person"):
        office.take(own.id, "reject", office.both, comment="no")

    office.take(own.id, "review", office.reviewer)
    with refused("same_person"):
        office.take(own.id, "approve", office.both)


def test_nobody_approves_what_they_reviewed(office: Office) -> None:
    entered = office.enter()
    office.take(entered.id, "review", office.both)

    with refused("same_person"):
        office.take(entered.id, "approve", office.both)


@pytest.mark.parametrize("kind", ["partner", "person", "system"])
def test_only_staff_enter_and_decide(office: Office, kind: str) -> None:
    from tanhui.support.security.access.types import Actor

    roles = frozenset({"finance", "reviewer", "approver", "system"})
    other, entered = Actor(kind, 1, "other", roles=roles), office.enter()  # type: ignore[arg-type]

    with refused("not_staff"):
        office.enter(actor=other)
    with refused("not_staff"):
        office.take(entered.id, "review", other)


def test_whoever_may_not_enter_is_told_nothing_of_what_it_would_do(office: Office) -> None:
    with refused("forbidden"):
        office.enter({"document": "not even a document"}, actor=office.reviewer)


def test_a_rejection_needs_a_reason_and_is_the_end(office: Office) -> None:
    entered = office.enter()
    with refused("comment_missing"):
        office.take(entered.id, "reject", office.reviewer, comment=" ")

    assert office.take(entered.id, "reject", office.reviewer, comment="too much").stage == "rejected"
    for step, who in (("review", office.reviewer), ("withdraw", office.author), ("enter", office.author)):
        with refused("wrong_stage"):
            office.take(entered.id, step, who)


@pytest.mark.parametrize("stage", ["draft", "enter", "reviewed", "approved"])
def test_the_author_takes_it_back_until_it_is_in_force(office: Office, stage: str) -> None:
    proposal = getattr(office, stage)()

    assert office.take(proposal.id, "withdraw", office.author).stage == "withdrawn"
    assert (apply_due(), stored()) == ([], [])


def test_what_is_in_force_is_not_taken_back(office: Office) -> None:
    number = office.approved().id
    apply_due()

    with refused("wrong_stage"):
        office.take(number, "withdraw", office.author)


def test_a_draft_is_changed_by_its_author_until_it_is_entered(office: Office) -> None:
    draft = office.draft()
    assert (draft.stage, draft.digest) == ("draft", "")
    with refused("same_person"):
        office.draft(rule("theirs"), actor=office.both, number=draft.id)
    with refused("wrong_stage"):
        office.take(draft.id, "review", office.reviewer)

    changed = office.draft(rule("theirs"), number=draft.id, reason="another")
    assert (changed.id, changed.content.subject, changed.content.reason) == (draft.id, "theirs 1", "another")
    assert office.take(draft.id, "enter", office.author).stage == "entered"

    with refused("wrong_stage"):
        office.draft(rule("ours"), number=draft.id)


def test_what_is_decided_on_is_what_was_looked_at(office: Office) -> None:
    entered = office.enter()

    with refused("content_changed"):
        office.take(entered.id, "review", office.reviewer, digest="0" * 64)
    assert office.take(entered.id, "review", office.reviewer, digest=entered.digest).stage == "reviewed"


def test_the_diff_and_the_effect_are_shown(office: Office) -> None:
    from tanhui.steps.points.rules import approve_rule, shipped_rules

    approve_rule(shipped_rules()[0][1], now=NOW)
    entered = office.enter()

    items = {row["item"]: (row["before"], row["after"]) for row in entered.content.diff["items"]}
    assert items["rate.points"] == ("1", "2")
    assert (entered.content.diff["before"], items["code"]) == ("standard 1", ("standard", "ours"))
    assert set(entered.content.effect["points"]["total"]) == {"records", "credited_mg", "before_milli", "after_milli"}


def test_a_rule_does_not_work_backwards(office: Office) -> None:
    with refused("rule_retroactive"):
        office.enter(rule("ours", day="2026-02-28"))
    with refused("effective_day"):
        office.enter(effective_on=LATER.date())

    reviewed = office.reviewed()
    with refused("rule_retroactive"):
        office.take(reviewed.id, "approve", office.approver, at=around(LATER))


def test_a_reason_must_be_given(office: Office) -> None:
    with refused("reason_missing"):
        office.enter(reason="  ")


def test_an_unknown_kind_and_an_unknown_proposal_are_refused(office: Office) -> None:
    from tanhui.flows.propose import enter

    with refused("kind_unknown"):
        enter("weather", {}, reason="r", actor=office.author, around=around())
    with refused("proposal_unknown"):
        office.take(10**9, "review", office.reviewer)


def test_a_refusal_when_applied_is_kept_and_is_the_end(office: Office) -> None:
    from tanhui.steps.points.rules import approve_rule, readable_rule

    number = office.approved().id
    _, other = readable_rule(rule("ours", points="7")["document"])
    approve_rule(other, now=NOW)

    (tried,) = apply_due()

    assert (tried.id, tried.stage, tried.outcome["refused"]) == (number, "refused", "rule_changed")
    assert set(tried.outcome) == {"refused", "field", "zh", "en"}
    assert (apply_due(), stored()) == ([], [("ours", "nobody")])


def test_the_trail_says_who_took_each_step_and_why(office: Office) -> None:
    from tanhui.support.security.audit.selectors import events
    from tanhui.support.security.audit.types import EventFilter

    number = office.approved().id
    apply_due()

    told = reversed(events(EventFilter(table="approvals_proposal", row=str(number))))
    assert [(event.actor, (event.after or {}).get("stage"), event.reason) for event in told] == [
        (office.author.reference, "draft", "a campaign"), (office.author.reference, "entered", "a campaign"),
        (office.reviewer.reference, "reviewed", ""), (office.approver.reference, "approved", ""),
        ("system:0", "applied", "a campaign"),
    ]  # fmt: skip
    (made,) = events(EventFilter(table="points_rule", actor="system:0"))
    assert (made.reason, made.request) == ("a campaign", f"proposal {number}")


DECIDE = (
    "INSERT INTO approvals_decision (proposal_id, step, by, by_name, comment, digest, decided_at) "
    "VALUES ({id}, '{step}', {by}, 'forged', '', '{digest}', now())"
)
PROPOSE = (
    "INSERT INTO approvals_proposal (kind, subject, payload, diff, effect, reason, effective_at, created_at, author, author_name, stage) "
    "SELECT kind, subject, payload, diff, effect, reason, effective_at, created_at, author, author_name, 'approved' "
    "FROM approvals_proposal WHERE id = {id}"
)


@pytest.mark.parametrize(
    ("stage", "statement", "state"),
    [
        ("enter", DECIDE.replace("{step}", "review").replace("{by}", "{author}"), "TH031"),
        ("enter", DECIDE.replace("{step}", "reject").replace("{by}", "{author}"), "TH031"),
        ("enter", DECIDE.replace("{step}", "withdraw").replace("{by}", "{reviewer}"), "TH031"),
        ("enter", DECIDE.replace("{step}", "approve").replace("{by}", "{approver}"), "TH033"),
        ("enter", DECIDE.replace("{step}", "review").replace("{by}", "NULL"), "23514 TH031"),
        ("enter", DECIDE.replace("{step}", "review").replace("{by}", "987654321"), "23503"),
        ("enter", DECIDE.replace("{step}", "review").replace("{by}", "{reviewer}").replace("{digest}", "0"), "TH034"),
        ("reviewed", DECIDE.replace("{step}", "approve").replace("{by}", "{author}"), "TH031"),
        ("reviewed", DECIDE.replace("{step}", "approve").replace("{by}", "{reviewer}"), "TH031"),
        ("reviewed", DECIDE.replace("{step}", "review").replace("{by}", "{approver}"), "TH033"),
        ("reviewed", DECIDE.replace("{step}", "apply").replace("{by}", "NULL"), "TH033"),
        ("approved", DECIDE.replace("{step}", "apply").replace("{by}", "{approver}"), "TH031 23514"),
        ("approved", DECIDE.replace("{step}", "sign").replace("{by}", "{approver}"), "TH033"),
        ("reviewed", "UPDATE approvals_proposal SET stage = 'approved' WHERE id = {id}", "42501"),
        ("reviewed", "UPDATE approvals_proposal SET author = {approver} WHERE id = {id}", "42501"),
        ("reviewed", "UPDATE approvals_proposal SET digest = '' WHERE id = {id}", "42501"),
        ("reviewed", "UPDATE approvals_proposal SET payload = '{{}}' WHERE id = {id}", "TH032"),
        ("reviewed", "UPDATE approvals_proposal SET effective_at = now() WHERE id = {id}", "TH032"),
        ("reviewed", "UPDATE approvals_decision SET by = {author} WHERE proposal_id = {id}", "42501"),
        ("reviewed", "DELETE FROM approvals_decision WHERE proposal_id = {id}", "42501"),
        ("reviewed", "DELETE FROM approvals_proposal WHERE id = {id}", "42501"),
        ("reviewed", "TRUNCATE approvals_decision", "42501"),
        ("reviewed", "ALTER TABLE approvals_decision DISABLE TRIGGER decided", "42501"),
        ("reviewed", "DROP TRIGGER decided ON approvals_decision", "42501"),
        ("reviewed", PROPOSE, "TH032"),
    ],
)  # fmt: skip
def test_raw_statements_of_the_application_forge_nothing(
    office: Office, stage: str, statement: str, state: str
) -> None:
    proposal = getattr(office, stage)()
    people = {name: getattr(office, name).number for name in ("author", "reviewer", "approver")}
    before = everything()

    written = statement.format(id=proposal.id, digest=proposal.digest, **people)
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {written}")

    assert isinstance(error.value.__cause__, psycopg.Error)
    assert error.value.__cause__.sqlstate in state.split()
    assert everything() == before


def test_it_is_not_in_force_before_its_day_even_by_a_raw_statement(office: Office) -> None:
    from tanhui.support.security.approvals.services import hold, record_outcome

    approved = office.approved()
    with refused("wrong_stage"):
        record_outcome(
            hold(approved.id), applied=True, outcome={}, now=approved.content.effective_at - timedelta(seconds=1)
        )
