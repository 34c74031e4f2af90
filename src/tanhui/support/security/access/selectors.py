"""Reading staff accounts, their roles, and the log of sign-ins."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from tanhui.core.text import Text
from tanhui.support.security.access.models import RoleGrant, SignIn, Staff
from tanhui.support.security.access.types import Actor, SignInStep, StaffAccount, StaffRefused


def staff_number(login: str) -> int:
    """The number of the account of that name. Raises `StaffRefused` when there is none."""
    number = staff_of(login)
    if number is None:
        text = Text("没有名为“{l}”的工作人员账户。", "There is no staff account “{l}”.").format(l=login)
        raise StaffRefused("staff_unknown", text, field="login")
    return number


def staff_of(login: str) -> int | None:
    """The number of the account of that name, or None."""
    return Staff.objects.filter(login=login.lower()).values_list("pk", flat=True).first()


def staff_accounts() -> list[StaffAccount]:
    """Every staff account with the roles it holds, by number."""
    rows = list(Staff.objects.order_by("pk"))
    roles, secured = _roles(row.pk for row in rows), set(_secured().values_list("user_id", flat=True))
    return [
        StaffAccount(
            row.pk, row.login, row.name, row.audience, row.organization, row.is_active, row.pk in secured,
            tuple(f"{role}@{region}" if region else role for role, region in roles[row.pk]),
        )
        for row in rows
    ]  # fmt: skip


def actor_of(staff: Staff) -> Actor:
    """The actor that a staff account is, with the roles it holds now."""
    held = _roles([staff.pk])[staff.pk]
    return Actor(
        "staff", staff.pk, staff.name, staff.organization,
        roles=frozenset(role for role, _ in held), regions=frozenset(region for _, region in held if region),
    )  # fmt: skip


def actor_by_login(login: str) -> Actor:
    """The actor of that login's account, with the roles it holds now. Raises `StaffRefused`: unknown, or disabled."""
    staff = Staff.objects.get(pk=staff_number(login))
    if not staff.is_active:
        text = Text("账户“{l}”已停用。", "The account “{l}” is disabled.").format(l=login)
        raise StaffRefused("staff_disabled", text, field="login")
    return actor_of(staff)


def has_staff() -> bool:
    """Whether there is any staff account of the operator's; where there is none, one person runs the installation alone."""
    return Staff.objects.filter(audience="operator").exists()


def has_second_factor(staff: int) -> bool:
    """Whether the account has a second factor; recovery codes alone are none."""
    return _secured().filter(user_id=staff).exists()


def other_second_factors(staff: int, kind: str) -> bool:
    """Whether the account has a second factor of another kind than that: `totp` or `webauthn`."""
    return _secured().filter(user_id=staff).exclude(type=kind).exists()


def sign_ins(*, since: datetime, login: str | None = None, limit: int = 1000) -> list[SignInStep]:
    """The latest steps of sign-ins since then, the newest first; of one account, when it is named."""
    rows = SignIn.objects.filter(at__gte=since).order_by("-at", "-pk")
    if login is not None:
        rows = rows.filter(staff__login=login.lower())
    columns = ("at", "staff__login", "event", "method", "address", "agent")
    return [SignInStep(*row) for row in rows.values_list(*columns)[:limit]]


def _roles(staff: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    held: dict[int, list[tuple[str, str]]] = defaultdict(list)
    grants = RoleGrant.objects.filter(staff_id__in=list(staff), revoked_at=None).order_by("role", "region")
    for number, role, region in grants.values_list("staff_id", "role", "region"):
        held[number].append((role, region))
    return held


def _secured() -> QuerySet[Authenticator]:
    factors: QuerySet[Authenticator] = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return factors
