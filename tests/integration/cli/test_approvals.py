"""`tanhui approvals` and `tanhui trail`: as people use them, on the tests' database."""

from pathlib import Path
from typing import Any

import pytest
from tests.approving import rule, somebody
from tests.bookkeeping import new_books

from tanhui.support.security.audit.context import acting_as


@pytest.fixture
def staff(tanhui: Any) -> dict[str, str]:
    """A login for each role."""
    from tanhui.support.security.access.selectors import staff_accounts

    numbers = {role: somebody(role).number for role in ("finance", "operations", "reviewer", "approver")}
    logins = {account.number: account.login for account in staff_accounts()}
    return {role: logins[number] for role, number in numbers.items()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ours.yaml"
    path.write_text(rule("ours", day="2026-03-01")["document"], encoding="utf-8")
    return path


def test_a_rule_is_entered_reviewed_approved_and_in_force(tanhui: Any, staff: Any, file: Path) -> None:
    entered = tanhui(
        "approvals", "enter", "conversion-rule", file, "--reason", "spring", "--as", staff["finance"], "--json"
    )
    assert (entered.code, entered.json["stage"]) == (0, "entered")
    number = entered.json["id"]

    refused = tanhui("approvals", "review", number, "--as", staff["finance"], "--json")
    assert (refused.code, refused.json["refused"]) == (1, "forbidden")
    reviewed = tanhui("approvals", "review", number, "--as", staff["reviewer"], "--digest", entered.json["digest"])
    assert (reviewed.code, "reviewed" in reviewed.out) == (0, True)
    approved = tanhui("approvals", "approve", number, "--as", staff["approver"], "--comment", "agreed", "--json")

    assert (approved.json["stage"], approved.json["outcome"]["code"]) == ("applied", "ours")
    (listed,) = tanhui("approvals", "list", "--stage", "applied", "--json").json
    assert listed["id"] == number
    shown = tanhui("approvals", "show", number).out
    assert all(word in shown for word in ("spring", "agreed", "rate.points"))


def test_a_draft_a_rejection_and_a_withdrawal(tanhui: Any, staff: Any, file: Path) -> None:
    given = ("approvals", "enter", "conversion-rule", file, "--reason", "r", "--as", staff["finance"], "--json")
    number = tanhui(*given, "--draft").json["id"]
    assert tanhui("approvals", "enter", "draft", number, "--as", staff["finance"], "--json").json["stage"] == "entered"
    rejected = tanhui("approvals", "reject", number, "--as", staff["reviewer"], "--comment", "no", "--json")
    assert rejected.json["stage"] == "rejected"

    other = tanhui(*given).json["id"]
    assert tanhui("approvals", "withdraw", other, "--as", staff["finance"], "--json").json["stage"] == "withdrawn"


def test_one_alone_corrects_directly_and_with_staff_it_needs_approval(tanhui: Any) -> None:
    books = new_books()
    first, second = str(books.ride(km="10")), str(books.ride(km="10"))
    assert tanhui("correct", first, "--reason", "typo", "--replace", "distance_km=9").code == 0
    operations, reviewer, approver = (somebody(role) for role in ("operations", "reviewer", "approver"))

    refused = tanhui("correct", second, "--reason", "typo", "--json")
    assert (refused.code, refused.json["refused"]) == (1, "approval_needed")
    assert books.balance().reduction_mg == 420_300 + 467_000

    from tanhui.support.security.access.selectors import staff_accounts

    logins = {account.number: account.login for account in staff_accounts()}
    given = ("--reason", "typo", "--replace", "distance_km=8", "--json", "--as", logins[operations.number])
    number = tanhui("approvals", "enter", "correction", second, *given).json["id"]
    tanhui("approvals", "review", number, "--as", logins[reviewer.number])
    done = tanhui("approvals", "approve", number, "--as", logins[approver.number], "--json")

    assert done.json["stage"] == "applied"
    assert books.balance().reduction_mg == 420_300 + 373_600
    assert tanhui("approvals", "apply", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "999999"), "proposal_unknown"),
        (("review", "1", "--as", "nobody-of-that-name"), "staff_unknown"),
        (("enter", "conversion-rule", "no-such-file.yaml", "--reason", "r", "--as", "nobody"), "document_unreadable"),
    ],
)
def test_what_cannot_be_is_refused(tanhui: Any, arguments: tuple[str, ...], code: str) -> None:
    answer = tanhui("approvals", *arguments, "--json")

    assert (answer.code, answer.json["refused"]) == (1, code)


def test_the_trail_is_listed_by_who_and_what(tanhui: Any) -> None:
    from tests.bookkeeping import NOW

    from tanhui.participants.organizations.services import admit_file_partner

    with acting_as("staff:4711", reason="a new partner"):
        admit_file_partner("trailed", now=NOW)

    (event,) = tanhui("trail", "list", "--actor", "staff:4711", "--table", "participants_partner", "--json").json
    assert (event["operation"], event["after"]["code"], event["reason"]) == ("insert", "trailed", "a new partner")
    assert [e["id"] for e in tanhui("trail", "list", "--text", "TRAILED", "--json").json] == [event["id"]]
    assert tanhui("trail", "list", "--text", "TRAILED").out.startswith("1 event")
    assert tanhui("trail", "list", "--actor", "staff:4711", "--to", "2020-01-01", "--json").json == []


def test_the_trail_is_sealed_and_verified(tanhui: Any) -> None:
    assert tanhui("trail", "verify", "--json").json["ok"] is True


def test_what_the_command_line_writes_is_told_with_the_command(tanhui: Any) -> None:
    books = new_books()
    books.ride()

    assert tanhui("points", "block", f"P{books.person()}", "--reason", "r").code == 0

    (event,) = tanhui("trail", "list", "--table", "ledger_balance", "--row", books.person(), "--json").json
    assert (event["actor"], event["request"]) == ("system:0", "tanhui points block")
    assert (event["before"], event["after"]) == ({"blocked": False}, {"blocked": True})
