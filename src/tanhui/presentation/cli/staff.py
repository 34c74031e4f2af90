"""`tanhui staff`: the accounts of those who sign in. There are none until one is added here: no default account, no default password."""

from dataclasses import asdict
from datetime import timedelta
from typing import cast

import click

from tanhui.flows import manage_staff
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import LANGUAGE, say
from tanhui.presentation.cli.output import console, json_option, print_json, print_table
from tanhui.support.security.access.limits import ENROLMENT
from tanhui.support.security.access.roles import ROLES, STAFFED, Audience
from tanhui.support.security.access.selectors import sign_ins, staff_accounts
from tanhui.support.security.access.types import Actor, platform

login_argument = click.argument("login")


@click.group(help=say("工作人员账户：新增、列表、角色、停用。", "Staff accounts: add, list, role, disable."))
def staff() -> None:
    """Staff accounts."""


def _here() -> Actor:
    """Whoever has the machine acts for the platform itself."""
    books.surroundings().prepare()
    return platform("cli")


@staff.command(
    help=say("新增账户 LOGIN，显示一次性初始密码。", "Add the account LOGIN and show its first password, once.")
)
@login_argument
@click.option("--name", required=True, help=say("姓名", "The person's name"))
@click.option(
    "--audience", type=click.Choice(STAFFED), default="operator", show_default=True, help=say("所属方", "Whose staff")
)
@click.option(
    "--organization", type=int, help=say("机构编号（运营方不填）", "The organization's number (none for the operator)")
)
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help=say("语言", "Language")
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    help=say("角色，可写 角色@地区；可多次", "A role, or role@region; may be repeated"),
)
@json_option
def add(
    login: str, name: str, audience: str, organization: int | None, language: str, roles: tuple[str, ...], *, as_json: bool
) -> None:  # fmt: skip
    """Adds an account."""
    password = manage_staff.add_staff(
        _here(), login=login, name=name, audience=cast("Audience", audience), organization=organization, language=language,
        roles=tuple(_role(written) for written in roles), now=books.now(),
    )  # fmt: skip
    _show_password(login, password, as_json=as_json)


@staff.command("list", help=say("列出全部账户及角色。", "List every account with its roles."))
@json_option
def list_(*, as_json: bool) -> None:
    """Lists the accounts."""
    _here()
    accounts = staff_accounts()
    if as_json:
        print_json([asdict(account) for account in accounts])
        return
    columns = [(say("登录名", "login"), "whole"), (say("姓名", "name"), "left"), (say("所属", "of"), "left"), (say("状态", "state"), "left"), (say("角色", "roles"), "left")]  # fmt: skip
    rows = [
        (
            account.login, account.name, account.audience + ("" if account.organization is None else f" {account.organization}"),
            _state(active=account.active, secured=account.second_factor), ", ".join(account.roles),
        )
        for account in accounts
    ]  # fmt: skip
    print_table(say("工作人员账户", "Staff accounts"), columns, rows)


@staff.command(
    help=say("授予或收回 LOGIN 的角色（可写 角色@地区）。", "Grant or revoke a role of LOGIN, or role@region.")
)
@login_argument
@click.option("--grant", "granted", multiple=True, help=say("授予的角色", "A role to grant"))
@click.option("--revoke", "revoked", multiple=True, help=say("收回的角色", "A role to revoke"))
@click.option("--roles", "show", is_flag=True, help=say("列出可用角色", "List the roles there are"))
def role(login: str, granted: tuple[str, ...], revoked: tuple[str, ...], *, show: bool) -> None:
    """Grants and revokes roles; those revoked first."""
    actor, now = _here(), books.now()
    if show:
        columns = [(say("角色", "role"), "whole"), (say("所属", "of"), "left"), (say("名称", "name"), "left")]
        print_table(say("角色", "Roles"), columns, [(r.code, r.audience, r.name.get(LANGUAGE)) for r in ROLES.values()])
    changes = [(manage_staff.revoke_role, written) for written in revoked]
    changes += [(manage_staff.grant_role, written) for written in granted]
    for change, written in changes:
        code, region = _role(written)
        change(actor, login, code, region=region, now=now)


@staff.command(
    "reset-second-factor", help=say("重置 LOGIN 的第二因素和密码。", "Reset LOGIN's second factor and password.")
)
@login_argument
@json_option
def reset_second_factor(login: str, *, as_json: bool) -> None:
    """Resets a second factor."""
    _show_password(login, manage_staff.reset_second_factor(_here(), login, now=books.now()), as_json=as_json)


@staff.command(help=say("停用 LOGIN，并结束其全部会话。", "Disable LOGIN and end its sessions."))
@login_argument
def disable(login: str) -> None:
    """Disables an account."""
    manage_staff.set_staff_active(_here(), login, active=False)


@staff.command(help=say("重新启用 LOGIN。", "Enable LOGIN again."))
@login_argument
def enable(login: str) -> None:
    """Enables an account."""
    manage_staff.set_staff_active(_here(), login, active=True)


@staff.command("sign-ins", help=say("登录日志：最近若干天。", "The log of sign-ins of the last days."))
@click.option("--days", type=click.IntRange(1), default=7, show_default=True, help=say("天数", "How many days"))
@click.option("--login", help=say("只看此账户", "This account alone"))
@json_option
def sign_ins_(days: int, login: str | None, *, as_json: bool) -> None:
    """Shows the log of sign-ins."""
    _here()
    steps = sign_ins(since=books.now() - timedelta(days=days), login=login)
    if as_json:
        print_json([asdict(step) for step in steps])
        return
    columns = [(say("时间", "at"), "whole"), (say("账户", "account"), "left"), (say("事件", "event"), "left"), (say("方式", "how"), "left"), (say("地址", "from"), "left")]  # fmt: skip
    rows = [
        (f"{step.at.astimezone():%Y-%m-%d %H:%M:%S}", step.login or "-", step.event, step.method, step.address or "-")
        for step in steps
    ]
    print_table(say("登录日志", "Sign-ins"), columns, rows)


def _role(written: str) -> tuple[str, str]:
    code, _, region = written.partition("@")
    return code, region


def _state(*, active: bool, secured: bool) -> str:
    if not active:
        return say("已停用", "disabled")
    return say("正常", "ready") if secured else say("待设第二因素", "no second factor yet")


def _show_password(login: str, password: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"login": login, "password": password})
        return
    hours = int(ENROLMENT.total_seconds() // 3600)
    console.print(say("初始密码（仅显示一次）：", "First password, shown this once: ") + password, markup=False)
    told = say(
        f"请在 {hours} 小时内登录、设置第二因素并修改密码。",
        f"Within {hours} hours: sign in, set up the second factor, change the password.",
    )
    console.print(told)
