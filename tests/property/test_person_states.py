"""Whatever is asked of an account in whatever order, it goes from state to state as the model says, and the ledger with it."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.batches import NOW, Desk, at, ends, query, walk

from tanhui.core.refusal import Refusal

STANDING = {"active": 0, "frozen": 1, "closing": 2, "closed": 3}
STEPS = {
    ("active", "freeze"): "frozen", ("closing", "freeze"): "frozen", ("frozen", "unfreeze"): "active",
    ("active", "begin_closing"): "closing", ("closing", "keep_account"): "active", ("closing", "close_account"): "closed",
}  # fmt: skip


class States(RuleBasedStateMachine):
    """One person's account beside a model of it."""

    def __init__(self) -> None:
        super().__init__()
        self.desk, self.now, self.state, self.due = Desk.open(), NOW, "active", NOW
        self.desk.send(walk("0"))
        self.person, self.records, self.milli, self.spent = self.desk.people["anna"], 1, 63_000, 0

    @rule(days=st.sampled_from([1, 3, 7]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(step=st.sampled_from(["freeze", "unfreeze", "begin_closing", "keep_account", "close_account"]))
    def step(self, step: str) -> None:
        from tanhui.flows import account_state

        to = STEPS.get((self.state, step))
        if step == "close_account" and self.now < self.due:
            to = None
        try:
            getattr(account_state, step)(self.person, reason="model", actor="model", now=self.now)
        except Refusal as refusal:
            code = refusal.code
        else:
            code = ""
        assert (code in {"state_refused", "cooling_off"}) == (to is None), (step, code)
        if to is None:
            return
        self.state = to
        if to == "closing":
            self.due = self.now + timedelta(days=7)
        if to == "closed":
            self.milli = 0

    @rule()
    def record(self) -> None:
        if self.state == "closed":
            return  # its link is gone: a record would be somebody else's
        recorded = self.desk.send(walk(f"{self.records}", at=at(-5 * self.records)), now=self.now)
        booked = self.state in {"active", "frozen"}
        assert ends(recorded) == ["accepted" if booked else "account_closing"]
        self.records += booked
        self.milli += int(recorded.points_milli[0])

    @rule()
    def spend(self) -> None:
        from tanhui.flows.use_points import spend_points

        may = self.state in {"active", "closing"} and self.milli >= 1_000
        voucher: dict[str, Any] = {"key": f"{self.desk.space}-{self.spent}", "reason": "", "actor": "", "now": self.now}
        try:
            spend_points(person_id=self.person, amount_milli=1_000, **voucher)
        except Refusal as refusal:
            code = refusal.code
        else:
            code = ""
        assert (code in {"account_blocked", "overdrawn"}) == (not may), code
        if may:
            self.spent += 1
            self.milli -= 1_000

    @invariant()
    def the_database_agrees(self) -> None:
        (row,) = query(
            "SELECT p.state, p.state_until, b.standing, b.postings, b.available_milli FROM participants_person AS p "
            "JOIN ledger_balance AS b ON b.person_id = p.id WHERE p.id = %s", [self.person],
        )  # fmt: skip
        until = self.due if self.state == "closing" else None
        assert tuple(row.values()) == (self.state, until, STANDING[self.state], self.records, self.milli)

    def teardown(self) -> None:
        changes = query(
            "SELECT from_state, to_state FROM persons_state_change WHERE person_id = %s ORDER BY id", [self.person]
        )
        path = ["active", *(change["to_state"] for change in changes)]
        assert [change["from_state"] for change in changes] == path[:-1]
        assert path[-1] == self.state


def test_states_follow_the_model(db: None) -> None:
    run_state_machine_as_test(
        States,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_the_model_goes_every_way() -> None:
    """Every step of the model is one the machine can take: the table has no dead row."""
    assert set(STEPS.values()) | {"active"} == set(STANDING)
