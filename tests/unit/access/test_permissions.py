"""Who may do what, as the page of permissions documents it; and nothing else."""

import re

import pytest
from tests.documents import PROJECT

from tanhui.core.refusal import Refusal
from tanhui.support.security.access.permissions import PERMISSIONS
from tanhui.support.security.access.policies import demand, may
from tanhui.support.security.access.roles import ADMINISTRATORS, ROLES
from tanhui.support.security.access.types import Actor, Forbidden, platform

PAGE = (PROJECT / "docs" / "reference" / "permissions.md").read_text(encoding="utf-8")
DOCUMENTED = {
    code: set(re.findall(r"`(\w+)`", roles)) for code, roles in re.findall(r"^\| `(\w+:\w+:\w+)` \| [^|]* \| (.*) \|$", PAGE, re.MULTILINE)
}  # fmt: skip


def holder(role: str, organization: int | None = 7, **more) -> Actor:
    own = organization if ROLES[role].audience in {"partner", "redeemer", "authority"} else None
    return Actor("staff", 1, "Somebody", own, frozenset({role}), **more)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_is_documented_and_nothing_else(role):
    allowed = {code for code in PERMISSIONS if may(holder(role), code)}
    assert allowed == {code for code, roles in DOCUMENTED.items() if role in roles}


def test_every_permission_is_documented_and_held():
    assert set(DOCUMENTED) == set(PERMISSIONS)
    assert [code for code, roles in DOCUMENTED.items() if not roles] == []


@pytest.mark.parametrize("code", PERMISSIONS)
def test_a_permission_is_held_by_its_own_audience_or_the_platform(code):
    audience = code.partition(":")[0]
    assert {ROLES[role].audience for role in PERMISSIONS[code].roles} <= {audience, "system"}


@pytest.mark.parametrize("code", ["operator:factor:delete", "operator:factor", "operator", "", "*", "operator:*:*"])
def test_what_is_not_in_the_table_is_denied_to_everybody(code):
    everything = Actor("staff", 1, "Everything", None, frozenset(ROLES))
    assert not may(everything, code)
    with pytest.raises(Forbidden):
        demand(everything, code)


def test_nobody_without_a_role_may_anything():
    assert not any(may(Actor("staff", 1, "Nobody"), code) for code in PERMISSIONS)


def test_a_refusal_names_the_permission_in_both_languages():
    with pytest.raises(Refusal) as refused:
        demand(holder("analyst"), "operator:factor:approve")
    assert refused.value.code == "forbidden"
    assert refused.value.text.zh == "无权进行此操作（需要权限 operator:factor:approve）。"
    assert refused.value.text.en == "You may not do that; it needs the permission operator:factor:approve."


@pytest.mark.parametrize("subject", ["methodology", "factor", "conversion_rule", "correction", "shelf_item", "agreement", "personal_export"])  # fmt: skip
def test_no_role_both_enters_and_reviews_or_approves(subject):
    steps = [PERMISSIONS[f"operator:{subject}:{step}"].roles for step in ("enter", "review", "approve")]
    assert len(frozenset.union(*steps)) == sum(len(roles) for roles in steps)


def test_the_three_administrators_share_no_duty_but_to_see_the_accounts_and_the_settings():
    shared = [code for code, line in PERMISSIONS.items() if len(line.roles.intersection(ADMINISTRATORS)) > 1]
    assert shared == ["operator:staff:read", "operator:setting:read"]


@pytest.mark.parametrize(("organization", "allowed"), [(7, True), (None, True), (8, False)])
def test_a_partner_reaches_its_own_organization(organization, allowed):
    assert may(holder("partner_admin"), "partner:agreement:read", organization=organization) is allowed


def test_a_partner_of_no_organization_reaches_nothing():
    assert not may(holder("partner_admin", None), "partner:agreement:read")
    assert not may(holder("partner_admin", None), "partner:agreement:read", organization=7)


def test_the_operator_reaches_every_organization_and_region():
    assert may(holder("operations"), "operator:organization:read", organization=8, region="440300")


@pytest.mark.parametrize(
    ("regions", "region", "allowed"),
    [
        ({"440300"}, "440300", True), ({"440300"}, "440305", True), ({"440300"}, "440100", False), ({"440300"}, "440000", False), ({"440300"}, "CN", False),
        ({"440000"}, "440305", True), ({"310000"}, "310115", True), ({"310000", "440300"}, "440300", True), ({"CN"}, "440300", True), (set(), "440300", False),
    ],
)  # fmt: skip
def test_an_authority_reaches_its_regions_and_what_lies_in_them(regions, region, allowed):
    actor = holder("authority_viewer", regions=frozenset(regions))
    assert may(actor, "authority:statistics:read", region=region) is allowed


def test_the_platform_itself_has_no_approval():
    assert [code for code in PERMISSIONS if may(platform(), code) and code.endswith((":review", ":approve"))] == []
    assert platform().reference == "system:0"
