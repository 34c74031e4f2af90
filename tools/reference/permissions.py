"""The page of who may do what: every role, and every line of the table of permissions."""

from itertools import groupby

from tools.reference.page import Page, page_name

from tanhui.core.text import Language, Text
from tanhui.support.security.access.permissions import PERMISSIONS
from tanhui.support.security.access.roles import ADMINISTRATORS, MACHINES, ROLES, STAFFED

AUDIENCES = {
    "operator": Text("运营管理方", "The operator"),
    "partner": Text("合作方（限本机构）", "A partner, of its own organization"),
    "redeemer": Text("消纳方（限本机构）", "A redeemer, of its own organization"),
    "authority": Text("主管部门（限辖区）", "An authority, within its regions"),
    "person": Text("个人用户（限本人）", "A person, of their own"),
    "system": Text("平台自身", "The platform itself"),
}


def permissions_page(language: Language) -> str:
    """The page in a language."""
    page = Page(language)
    say = page.say
    other = page_name("permissions", "en" if language == "zh" else "zh")
    page.write(f"# {say('权限表', 'Permissions')}")
    page.write(
        say(
            f"{len(ROLES)} 个角色，{len(PERMISSIONS)} 项权限。本页由程序所用的同一张表（`tanhui.support.security.access.permissions`）生成；表中没有的一律拒绝。[English]({other})",
            f"{len(ROLES)} roles, {len(PERMISSIONS)} permissions. The page is generated from the table that decides (`tanhui.support.security.access.permissions`); what is not in it is denied. [中文]({other})",
        )
    )
    page.write(f"## {say('角色', 'Roles')}")
    page.table(
        [say("角色", "role"), say("名称", "name"), say("所属", "of"), say("说明", "note")],
        ((f"`{role.code}`", page.tell(role.name), page.tell(AUDIENCES[role.audience]), _note(page, code)) for code, role in ROLES.items()),
    )  # fmt: skip
    lines = sorted(PERMISSIONS.values(), key=lambda line: list(AUDIENCES).index(line.code.partition(":")[0]))
    for audience, group in groupby(lines, key=lambda line: line.code.partition(":")[0]):
        page.write(f"## {page.tell(AUDIENCES[audience])}")
        page.table(
            [say("权限", "permission"), say("含义", "what it is"), say("角色", "roles")],
            ((f"`{line.code}`", page.tell(line.name), ", ".join(f"`{role}`" for role in ROLES if role in line.roles)) for line in group),
        )  # fmt: skip
    return str(page)


def _note(page: Page, code: str) -> str:
    if code in ADMINISTRATORS:
        return page.say("三类管理员互斥", "excludes the other two administrators")
    if ROLES[code].by_region:
        return page.say("按地区授予", "given by region")
    if code in MACHINES or ROLES[code].audience not in STAFFED:
        return page.say("无工作人员账户", "has no staff account")
    return ""
