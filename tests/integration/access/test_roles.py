"""Roles are given by whom the table says, and apart as the database itself keeps them."""

from datetime import UTC, datetime

import pytest
from django.db import Error, connections, transaction
from tests.staffing import add_staff

from tanhui.flows.manage_staff import add_staff as add
from tanhui.flows.manage_staff import grant_role, revoke_role, set_staff_active
from tanhui.support.security.access.selectors import staff_accounts, staff_number
from tanhui.support.security.access.types import Actor, Forbidden, StaffRefused, platform

NOW = datetime(2099, 1, 1, tzinfo=UTC)  # later than what the helper makes
ADMINISTRATORS = ["system_admin", "security_admin", "audit_admin"]


def roles_of(login: str) -> tuple[str, ...]:
    return next(account.roles for account in staff_accounts() if account.login == login)


def refusal(call, *arguments, **more) -> str:
    with pytest.raises(StaffRefused) as refused:
        call(*arguments, **more)
    return refused.value.code


def raw(statement: str, *values: object, alias: str = "default") -> None:
    with transaction.atomic(), connections[alias].cursor() as cursor:
        cursor.execute(statement, values)


GRANT = "INSERT INTO access_role_grant (staff_id, audience, role, region, granted_at, granted_by, revoked_by) VALUES (%s, %s, %s, %s, now(), %s, '')"


@pytest.mark.parametrize("other", ["security_admin", "audit_admin"])
def test_nobody_is_two_administrators(other):
    add_staff("alice", "system_admin")

    assert refusal(grant_role, platform(), "alice", other, now=NOW) == "administrators_apart"
    assert roles_of("alice") == ("system_admin",)


@pytest.mark.parametrize("held", ADMINISTRATORS)
@pytest.mark.parametrize("other", ADMINISTRATORS)
def test_nobody_is_two_administrators_by_raw_sql_either(held, other):
    add_staff("alice", held)
    with pytest.raises(Error, match=r"access_one_administrator_role|access_role_held_once"):
        raw(GRANT, staff_number("alice"), "operator", other, "", "system:0")
    assert roles_of("alice") == (held,)


def test_an_administrator_becomes_another_only_by_ceasing_to_be_the_first():
    add_staff("alice", "system_admin")
    revoke_role(platform(), "alice", "system_admin", now=NOW)
    grant_role(platform(), "alice", "audit_admin", now=NOW)

    with pytest.raises(Error, match="access keeps what happened"):
        raw("UPDATE access_role_grant SET revoked_at = NULL, revoked_by = '' WHERE role = 'system_admin'")
    assert roles_of("alice") == ("audit_admin",)


@pytest.mark.parametrize(
    ("audience", "role", "region", "by"),
    [
        ("partner", "partner_admin", "", "system:0"),  # the account is the operator's
        ("operator", "partner_admin", "", "system:0"), ("operator", "emperor", "", "system:0"), ("operator", "reviewer", "440300", "system:0"),
        ("operator", "reviewer", "", "staff:{self}"),
    ],
)  # fmt: skip
def test_the_database_refuses_a_role_that_does_not_fit(audience, role, region, by):
    add_staff("alice")
    number = staff_number("alice")
    with pytest.raises(Error):
        raw(GRANT, number, audience, role, region, by.format(self=number))
    assert roles_of("alice") == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_role_grant SET role = 'approver'", "UPDATE access_role_grant SET staff_id = staff_id", "DELETE FROM access_role_grant",
        "TRUNCATE access_role_grant", "UPDATE access_staff SET audience = 'partner', organization = 1", "UPDATE access_staff SET login = 'eve'",
        "DELETE FROM access_staff", "TRUNCATE access_staff CASCADE", "UPDATE access_sign_in SET event = 'x'", "DELETE FROM access_sign_in", "TRUNCATE access_sign_in",
        "ALTER TABLE access_sign_in DISABLE TRIGGER ALL", "DROP INDEX access_one_administrator_role", "INSERT INTO auth_group (name) VALUES ('x')",
    ],
)  # fmt: skip
def test_the_application_cannot_change_what_happened(statement):
    add_staff("alice", "reviewer")
    with pytest.raises(Error, match=r"permission denied|must be owner"):
        raw(statement)
    assert roles_of("alice") == ("reviewer",)


@pytest.mark.parametrize(
    "statement", ["UPDATE access_sign_in SET event = 'x'", "DELETE FROM access_sign_in", "TRUNCATE access_sign_in"]
)
@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_does_not_change_the_log_by_mistake_either(statement):
    with connections["owner"].cursor() as cursor, pytest.raises(Error, match="access keeps what happened"):  # noqa: PT012
        cursor.execute("BEGIN")
        try:
            if "TRUNCATE" not in statement:  # which needs no row to be refused
                cursor.execute("INSERT INTO access_sign_in (at, event, method, agent) VALUES (now(), 'x', '', '')")
            cursor.execute(statement)
        finally:
            cursor.execute("ROLLBACK")


def staff(number: int, *roles: str) -> Actor:
    return Actor("staff", number, "Somebody", None, frozenset(roles))


def test_the_system_administrator_adds_accounts_and_the_security_administrator_gives_roles():
    add_staff("sys", "system_admin")
    add_staff("sec", "security_admin")
    system, security = staff(staff_number("sys"), "system_admin"), staff(staff_number("sec"), "security_admin")
    new = {"name": "Bob", "audience": "operator", "organization": None, "language": "zh", "now": NOW}

    add(system, login="bob", **new)
    grant_role(security, "bob", "reviewer", now=NOW)

    for refused in [
        lambda: add(security, login="eve", **new), lambda: grant_role(system, "bob", "approver", now=NOW),
        lambda: revoke_role(system, "bob", "reviewer", now=NOW), lambda: set_staff_active(security, "bob", active=False),
        lambda: add(system, login="eve", roles=(("approver", ""),), **new),
    ]:  # fmt: skip
        with pytest.raises(Forbidden):
            refused()
    assert roles_of("bob") == ("reviewer",)
    assert [account.login for account in staff_accounts()] == ["sys", "sec", "bob"]


def test_nobody_gives_a_role_to_themselves():
    add_staff("sec", "security_admin")
    security = staff(staff_number("sec"), "security_admin")
    assert refusal(grant_role, security, "sec", "approver", now=NOW) == "own_role"
    assert roles_of("sec") == ("security_admin",)


def test_a_role_by_region_names_its_regions():
    add_staff("gov", audience="authority", organization=3)
    grant_role(platform(), "gov", "authority_viewer", region="440300", now=NOW)
    grant_role(platform(), "gov", "authority_viewer", region="310000", now=NOW)
    grant_role(platform(), "gov", "authority_viewer", region="310000", now=NOW)  # again is nothing new

    assert refusal(grant_role, platform(), "gov", "authority_viewer", now=NOW) == "region_mismatch"
    assert refusal(grant_role, platform(), "gov", "reviewer", now=NOW) == "role_unknown"
    assert roles_of("gov") == ("authority_viewer@310000", "authority_viewer@440300")
    revoke_role(platform(), "gov", "authority_viewer", region="310000", now=NOW)
    assert roles_of("gov") == ("authority_viewer@440300",)
    assert refusal(revoke_role, platform(), "gov", "authority_viewer", region="310000", now=NOW) == "role_not_held"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"login": "A b"}, "login_invalid"), ({"login": "ab"}, "login_invalid"), ({"login": "Alice"}, "login_taken"), ({"name": " "}, "name_missing"),
        ({"audience": "person"}, "audience_unknown"), ({"audience": "partner"}, "organization_mismatch"), ({"organization": 4}, "organization_mismatch"),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_is_not_made(changed, code):
    add_staff("alice")
    new = {"login": "bob", "name": "Bob", "audience": "operator", "organization": None, "language": "zh", "now": NOW}
    assert refusal(add, platform(), **(new | changed)) == code
    assert [account.login for account in staff_accounts()] == ["alice"]


def test_there_are_no_default_accounts():
    assert staff_accounts() == []
