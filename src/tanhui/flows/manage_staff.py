"""The management of staff accounts: each step by whom the table of permissions allows, in one transaction."""

from datetime import datetime

from django.db import transaction

from tanhui.support.security.access import services
from tanhui.support.security.access.policies import demand
from tanhui.support.security.access.roles import Audience
from tanhui.support.security.access.selectors import staff_number
from tanhui.support.security.access.types import Actor


def add_staff(
    actor: Actor, *, login: str, name: str, audience: Audience, organization: int | None, language: str,
    roles: tuple[tuple[str, str], ...] = (), now: datetime,
) -> str:  # fmt: skip
    """A new account with these roles (each with its region or ""); its first password. Raises `Forbidden`, `StaffRefused`."""
    demand(actor, "operator:staff:add")
    if roles:
        demand(actor, "operator:role:grant")
    with transaction.atomic():
        staff, password = services.add_staff(
            login=login, name=name, audience=audience, organization=organization, language=language, by=actor, now=now
        )
        for role, region in roles:
            services.grant_role(staff, role, region=region, by=actor, now=now)
    return password


def grant_role(actor: Actor, login: str, role: str, *, region: str = "", now: datetime) -> None:
    """The account holds the role. Raises `Forbidden`, `StaffRefused`."""
    demand(actor, "operator:role:grant")
    with transaction.atomic():
        services.grant_role(staff_number(login), role, region=region, by=actor, now=now)


def revoke_role(actor: Actor, login: str, role: str, *, region: str = "", now: datetime) -> None:
    """The account no longer holds the role. Raises `Forbidden`, `StaffRefused`."""
    demand(actor, "operator:role:grant")
    with transaction.atomic():
        services.revoke_role(staff_number(login), role, region=region, by=actor, now=now)


def set_staff_active(actor: Actor, login: str, *, active: bool) -> None:
    """The account may sign in, or may not and is signed out everywhere. Raises `Forbidden`, `StaffRefused`."""
    demand(actor, "operator:staff:disable")
    with transaction.atomic():
        services.set_active(staff_number(login), active=active)


def reset_second_factor(actor: Actor, login: str, *, now: datetime) -> str:
    """The account may set up a second factor anew, with a new first password, which this returns. Raises `Forbidden`, `StaffRefused`."""
    demand(actor, "operator:staff:reset_second_factor")
    with transaction.atomic():
        staff = staff_number(login)
        services.reset_second_factor(staff, now=now)
        return services.reset_password(staff, now=now)
