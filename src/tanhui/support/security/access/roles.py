"""The roles: what a member of staff, a partner's machine, a person or the platform itself may be.

A role belongs to one audience. The three administrators exclude one another (8.4; GB/T 22239 level 3, 8.1.5): nobody keeps
the machine, hands out rights and reads the audit at once. The database refuses it, too.
"""

from typing import Literal, NamedTuple

from tanhui.core.text import Text

Audience = Literal["operator", "partner", "redeemer", "authority", "person", "system"]


class Role(NamedTuple):
    """A role: its code, whose it is, its name, and whether it reaches only as far as the regions given with it."""

    code: str
    audience: Audience
    name: Text
    by_region: bool = False


ROLES = {
    role.code: role
    for role in (
        Role("system_admin", "operator", Text("系统管理员", "System administrator")),
        Role("security_admin", "operator", Text("安全管理员", "Security administrator")),
        Role("audit_admin", "operator", Text("审计管理员", "Audit administrator")),
        Role("methodologist", "operator", Text("方法学人员", "Methodologist")),
        Role("operations", "operator", Text("运营人员", "Operations")),
        Role("reviewer", "operator", Text("复核人", "Reviewer")),
        Role("approver", "operator", Text("审批人", "Approver")),
        Role("customer_service", "operator", Text("客服", "Customer service")),
        Role("privacy_officer", "operator", Text("个人信息保护负责人", "Privacy officer")),
        Role("finance", "operator", Text("财务", "Finance")),
        Role("auditor", "operator", Text("内部审计", "Auditor")),
        Role("analyst", "operator", Text("统计查询", "Analyst")),
        Role("partner_admin", "partner", Text("合作方管理员", "Partner's administrator")),
        Role("partner_engineer", "partner", Text("合作方工程师", "Partner's engineer")),
        Role("partner_viewer", "partner", Text("合作方查询", "Partner's viewer")),
        Role("partner_machine", "partner", Text("合作方系统", "Partner's machine")),
        Role("redeemer_admin", "redeemer", Text("消纳方管理员", "Redeemer's administrator")),
        Role("redeemer_clerk", "redeemer", Text("消纳方店员", "Redeemer's clerk")),
        Role("authority_viewer", "authority", Text("主管部门查询", "Authority's viewer"), by_region=True),
        Role("authority_auditor", "authority", Text("主管部门核查", "Authority's auditor"), by_region=True),
        Role("person", "person", Text("个人用户", "Person")),
        Role("system", "system", Text("平台自身", "The platform itself")),
    )
}  # fmt: skip

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
"""Of these nobody holds more than one."""

STAFFED: tuple[Audience, ...] = ("operator", "partner", "redeemer", "authority")
"""The audiences whose people sign in with a staff account."""

MACHINES = ("partner_machine",)
"""Roles of machines, which sign their requests and have no staff account."""


def staff_roles(audience: Audience) -> tuple[str, ...]:
    """The roles that a staff account of that audience may be given."""
    return tuple(
        role.code for role in ROLES.values() if role.audience == audience in STAFFED and role.code not in MACHINES
    )
