"""Staff accounts made and changed, roles given and taken back, and the log of sign-ins written."""

import re
import secrets
from datetime import datetime
from ipaddress import ip_address

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password

from tanhui.core.regions import fallback
from tanhui.core.text import Text
from tanhui.support.security.access.limits import ENROLMENT, PASSWORD_AGE
from tanhui.support.security.access.models import LOGIN, RoleGrant, SignIn, Staff
from tanhui.support.security.access.roles import ADMINISTRATORS, ROLES, STAFFED, Audience, staff_roles
from tanhui.support.security.access.sessions import end_sessions
from tanhui.support.security.access.types import Actor, Client, StaffRefused


def add_staff(
    *, login: str, name: str, audience: Audience, organization: int | None, language: str, by: Actor, now: datetime
) -> tuple[int, str]:
    """The number of a new account and its first password, which is shown this once and must be changed at the first sign-in.

    Raises `StaffRefused`: `login_invalid`, `login_taken`, `name_missing`, `audience_unknown`, `organization_mismatch`.
    """
    login = login.lower()
    if not re.fullmatch(LOGIN, login):
        text = Text(
            "登录名“{l}”无效；3 至 64 个小写字母、数字或 . _ @ -。",
            "“{l}” is no login name; use 3 to 64 letters, digits or . _ @ -.",
        )
        raise StaffRefused("login_invalid", text.format(l=login), field="login")
    if Staff.objects.filter(login=login).exists():
        text = Text("登录名“{l}”已被使用。", "The login name “{l}” is taken.").format(l=login)
        raise StaffRefused("login_taken", text, field="login")
    if not name.strip():
        raise StaffRefused("name_missing", Text("请填写姓名。", "Give the person's name."), field="name")
    if audience not in STAFFED:
        text = Text("受众应为 {a} 之一。", "The audience is one of {a}.").format(a=", ".join(STAFFED))
        raise StaffRefused("audience_unknown", text, field="audience")
    if (audience == "operator") != (organization is None):
        text = Text(
            "运营方人员不属于机构；其他人员须注明机构编号。",
            "The operator's own staff belong to no organization; others name theirs.",
        )
        raise StaffRefused("organization_mismatch", text, field="organization")
    password = secrets.token_urlsafe(15)
    staff = Staff.objects.create(
        login=login, name=name.strip(), audience=audience, organization=organization, language=language, is_active=True,
        password=make_password(password), created_at=now, created_by=by.reference, enrol_until=now + ENROLMENT, password_expires_at=now,
    )  # fmt: skip
    return staff.pk, password


def grant_role(staff: int, role: str, *, region: str = "", by: Actor, now: datetime) -> None:
    """The account holds the role from now on; one it holds already stays as it is.

    Raises `StaffRefused`: `role_unknown`, `region_mismatch`, `own_role`, `administrators_apart`; `Refusal` for an unknown region.
    """
    account = Staff.objects.select_for_update().get(pk=staff)
    if role not in staff_roles(account.audience):  # type: ignore[arg-type]
        allowed = ", ".join(staff_roles(account.audience))  # type: ignore[arg-type]
        text = Text("没有角色“{r}”；此账户可用：{a}。", "There is no role “{r}” for this account; there are: {a}.")
        raise StaffRefused("role_unknown", text.format(r=role, a=allowed), field="role")
    if ROLES[role].by_region != bool(region):
        text = Text(
            "角色“{r}”须注明地区。" if ROLES[role].by_region else "角色“{r}”不按地区授予。",
            "The role “{r}” needs a region." if ROLES[role].by_region else "The role “{r}” is not given by region.",
        )
        raise StaffRefused("region_mismatch", text.format(r=role), field="region")
    if region:
        fallback(region)
    if by.kind == "staff" and by.number == staff:
        raise StaffRefused("own_role", Text("不得给自己授予角色。", "Nobody gives a role to themselves."))
    held = set(RoleGrant.objects.filter(staff_id=staff, revoked_at=None).values_list("role", "region"))
    if (role, region) in held:
        return
    if role in ADMINISTRATORS and any(other in ADMINISTRATORS for other, _ in held):
        text = Text(
            "系统、安全、审计三类管理员互斥，一人只能担任其一。",
            "The system, security and audit administrators exclude one another; nobody is two of them.",
        )
        raise StaffRefused("administrators_apart", text, field="role")
    RoleGrant.objects.create(
        staff_id=staff, audience=account.audience, role=role, region=region, granted_at=now, granted_by=by.reference
    )


def revoke_role(staff: int, role: str, *, region: str = "", by: Actor, now: datetime) -> None:
    """The account no longer holds the role. Raises `StaffRefused` when it did not (`role_not_held`)."""
    rows = RoleGrant.objects.filter(staff_id=staff, role=role, region=region, revoked_at=None)
    if not rows.update(revoked_at=now, revoked_by=by.reference):
        text = Text("该账户没有角色“{r}”。", "The account does not hold the role “{r}”.").format(r=role)
        raise StaffRefused("role_not_held", text, field="role")


def set_active(staff: int, *, active: bool) -> None:
    """The account may sign in, or may not; one that may not is signed out everywhere."""
    Staff.objects.filter(pk=staff).update(is_active=active)
    if not active:
        end_sessions(staff)


def reset_second_factor(staff: int, *, now: datetime) -> None:
    """The account has no second factor any more, is signed out everywhere, and may set up another by its password for a while."""
    Authenticator.objects.filter(user_id=staff).delete()
    Staff.objects.filter(pk=staff).update(enrol_until=now + ENROLMENT)
    end_sessions(staff)


def reset_password(staff: int, *, now: datetime) -> str:
    """A new password, shown this once, to be changed at the next sign-in; the account is signed out everywhere and unlocked."""
    password = secrets.token_urlsafe(15)
    Staff.objects.filter(pk=staff).update(password=make_password(password), password_expires_at=now)
    end_sessions(staff)
    unlock(staff)
    return password


def change_own_password(staff: AbstractBaseUser, password: str, *, now: datetime) -> None:
    """The account's password is that one from now on, until it has to be changed again; its other sessions end."""
    assert isinstance(staff, Staff)
    staff.set_password(password)
    staff.password_expires_at = now + PASSWORD_AGE
    staff.save(update_fields=["password", "password_expires_at"])


def unlock(staff: int) -> None:
    """The account's failures are forgotten, so that it may try again at once."""
    login = Staff.objects.values_list("login", flat=True).get(pk=staff)
    AccessAttempt.objects.filter(username=login).delete()


def record_sign_in(*, staff: int | None, event: str, method: str, client: Client, now: datetime) -> None:
    """Writes one step to the log of sign-ins."""
    SignIn.objects.create(
        at=now, staff_id=staff, event=event, method=method, address=_address(client.address), agent=client.agent[:200]
    )


def _address(written: str | None) -> str | None:
    """The address, when it is one: a peer on a socket of the machine itself has none."""
    try:
        return str(ip_address(written or ""))
    except ValueError:
        return None
