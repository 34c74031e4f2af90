"""`tanhui staff` makes the first administrator, and whoever comes after; nothing is there before."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone
from tests.integration.cli.conftest import tanhui  # noqa: F401 - a fixture
from tests.staffing import Browser


def add(tanhui, *arguments):  # noqa: F811
    return tanhui("staff", "add", *arguments, "--json")


def test_the_first_administrator_signs_in_with_the_password_shown(tanhui, monkeypatch):  # noqa: F811
    monkeypatch.setattr("tanhui.presentation.cli.books.now", timezone.now)
    answer = add(tanhui, "root.wang", "--name", "王", "--role", "system_admin")
    browser = Browser(Client())

    assert answer.code == 0
    assert browser.password("root.wang", answer.json["password"]).status_code == 200
    browser.enrol()
    (listed,) = tanhui("staff", "list", "--json").json
    assert listed == {
        "number": listed["number"], "login": "root.wang", "name": "王", "audience": "operator", "organization": None, "active": True,
        "second_factor": True, "roles": ["system_admin"],
    }  # fmt: skip
    steps = tanhui("staff", "sign-ins", "--login", "root.wang", "--json").json
    assert [(step["event"], step["method"], step["address"]) for step in steps] == [
        ("signed_in", "password", "10.0.0.7")
    ]


def test_a_role_that_cannot_be_leaves_no_account(tanhui):  # noqa: F811
    answer = add(tanhui, "root", "--name", "Root", "--role", "system_admin", "--role", "audit_admin")
    assert (answer.code, answer.json["refused"]) == (1, "administrators_apart")
    assert tanhui("staff", "list", "--json").json == []


def test_roles_are_granted_and_revoked_and_accounts_disabled(tanhui):  # noqa: F811
    add(tanhui, "bob", "--name", "Bob", "--role", "reviewer")
    add(
        tanhui,
        "gov",
        "--name",
        "Gov",
        "--audience",
        "authority",
        "--organization",
        "3",
        "--role",
        "authority_viewer@440300",
    )

    assert tanhui("staff", "role", "bob", "--revoke", "reviewer", "--grant", "approver", "--grant", "auditor").code == 0
    assert tanhui("staff", "disable", "bob").code == 0

    bob, gov = tanhui("staff", "list", "--json").json
    assert (bob["roles"], bob["active"]) == (["approver", "auditor"], False)
    assert (gov["roles"], gov["organization"]) == (["authority_viewer@440300"], 3)
    assert tanhui("staff", "enable", "bob").code == 0
    assert tanhui("staff", "list", "--json").json[0]["active"] is True
    assert "authority_viewer@440300" in tanhui("staff", "list").out


def test_a_reset_gives_another_password(tanhui):  # noqa: F811
    first = add(tanhui, "bob", "--name", "Bob").json["password"]
    second = tanhui("staff", "reset-second-factor", "bob", "--json").json["password"]
    assert first != second
    assert Browser(Client()).password("bob", first).status_code == 400


def test_somebody_unknown_is_refused(tanhui):  # noqa: F811
    for command in (["disable"], ["enable"], ["reset-second-factor"], ["role", "--grant", "reviewer"]):
        assert tanhui("staff", command[0], "nobody", *command[1:]).code == 1


def test_the_log_of_another_time_is_not_shown(tanhui):  # noqa: F811
    from tanhui.support.security.access.services import record_sign_in
    from tanhui.support.security.access.types import Client as Caller

    for days in (40, 3):
        at = timezone.now() - timedelta(days=days)
        record_sign_in(staff=None, event="password_wrong", method="password", client=Caller("::1", "x" * 300), now=at)
    steps = tanhui("staff", "sign-ins", "--days", "9000", "--json").json
    assert [(len(step["agent"]), step["address"], step["login"]) for step in steps] == [(200, "::1", None)] * 2
