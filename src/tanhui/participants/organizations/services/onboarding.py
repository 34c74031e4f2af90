"""An organization on its way: it applies, and comes from state to state as the database allows."""

from datetime import datetime

from django.db import connection

from tanhui.core.regions import fallback
from tanhui.core.text import Text
from tanhui.participants.organizations.credit_code import is_credit_code
from tanhui.participants.organizations.days import scheme_day
from tanhui.participants.organizations.models import ConformanceRun, Contact, Organization, Partner
from tanhui.participants.organizations.roles import (
    AUTHORITY,
    DOCUMENTS,
    DUTIES,
    PARTNER,
    REDEEMER,
    REDEEMER_KINDS,
    ROLES,
    STATES,
)
from tanhui.participants.organizations.selectors import agreements, missing_documents
from tanhui.participants.organizations.services import check_code
from tanhui.participants.organizations.types import Applicant, ContactPerson, OrganizationRefused
from tanhui.support.security.access.types import Actor
from tanhui.support.security.keys.services import seal_many
from tanhui.support.security.keys.types import PLATFORM

REFUSALS = {
    "step_out_of_order": Text(
        "“{name}”目前{state}，不能变为“{wanted}”。", "“{name}” is {state}; it cannot become {wanted} from there."
    ),
    "documents_missing": Text(
        "“{name}”缺少审核通过且在有效期内的文件：{missing}。",
        "“{name}” lacks documents that are accepted and valid: {missing}.",
    ),
    "agreement_unsigned": Text(
        "“{name}”尚无双方签署的有效协议。", "There is no agreement with “{name}” that both sides have signed."
    ),
    "agreement_not_in_force": Text(
        "“{name}”当日没有生效的协议。", "No agreement with “{name}” is in force on that day."
    ),
    "conformance_missing": Text(
        "“{name}”进入沙箱后最近一次符合性测试未通过或未进行。",
        "The last conformance run of “{name}” in the sandbox did not pass, or there was none.",
    ),
}


def apply(applicant: Applicant, contacts: list[ContactPerson], *, by: Actor, now: datetime) -> int:
    """The number of a new organization, which has applied.

    Raises `OrganizationRefused`: `organization_taken`, `name_missing`, `role_unknown`, `kind_mismatch`, `region_mismatch`,
    `credit_code_invalid`, `contact_incomplete`; `Refusal` for a code or region that is none.
    """
    check_code(applicant.code)
    _check(applicant)
    given = {
        "name": applicant.name.strip(), "role": applicant.role, "kind": applicant.kind, "region": applicant.region,
        "credit_code": applicant.credit_code, "state": "applied", "state_at": now, "state_by": by.reference, "created_at": now,
    }  # fmt: skip
    row, made = Organization.objects.get_or_create(code=applicant.code, defaults=given)
    if not made:
        text = Text("机构代码“{c}”已被使用。", "The code “{c}” is taken.").format(c=applicant.code)
        raise OrganizationRefused("organization_taken", text, field="code")
    for contact in contacts:
        set_contact(row.pk, contact, now=now)
    return row.pk


def _check(applicant: Applicant) -> None:
    if not applicant.name.strip():
        raise OrganizationRefused(
            "name_missing", Text("请填写机构名称。", "Give the organization's name."), field="name"
        )
    if applicant.role not in ROLES:
        text = Text("角色应为 {r} 之一。", "The role is one of {r}.").format(r=", ".join(ROLES))
        raise OrganizationRefused("role_unknown", text, field="role")
    if (applicant.role == REDEEMER) != (applicant.kind in REDEEMER_KINDS) or (
        applicant.role != REDEEMER and applicant.kind
    ):
        text = Text("消纳方须注明类别 {k}，其他角色不填。", "A redeemer is one of {k}; other roles have no kind.")
        raise OrganizationRefused("kind_mismatch", text.format(k=", ".join(REDEEMER_KINDS)), field="kind")
    if (applicant.role == AUTHORITY) != bool(applicant.region):
        text = Text("主管部门须注明辖区，其他角色不填。", "An authority names its region; other roles have none.")
        raise OrganizationRefused("region_mismatch", text, field="region")
    if applicant.region:
        fallback(applicant.region)
    if not is_credit_code(applicant.credit_code):
        text = Text(
            "“{c}”不是有效的统一社会信用代码。", "“{c}” is no unified social credit code; its check does not fit."
        )
        raise OrganizationRefused("credit_code_invalid", text.format(c=applicant.credit_code), field="credit_code")


def set_contact(organization: int, contact: ContactPerson, *, now: datetime) -> None:
    """Whom to reach there from now on, sealed. Raises `OrganizationRefused` (`contact_incomplete`)."""
    if contact.duty not in DUTIES or not contact.name.strip() or not (contact.phone.strip() or contact.email.strip()):
        text = Text(
            "联系人须有职责（{d}）、姓名和电话或邮箱。", "A contact has a duty ({d}), a name, and a phone or e-mail."
        )
        raise OrganizationRefused("contact_incomplete", text.format(d=", ".join(DUTIES)), field="contact")
    given = {"name": contact.name.strip(), "phone": contact.phone.strip(), "email": contact.email.strip()}
    blobs = seal_many([(PLATFORM, f"participants_contact.{name}", text) for name, text in given.items()])
    Contact.objects.create(
        organization_id=organization, duty=contact.duty, since=now, **dict(zip(given, blobs, strict=True))
    )


def record_conformance(
    organization: int, *, passed: bool, suite: str, checks: dict[str, bool], by: Actor, now: datetime
) -> None:
    """Keeps how a conformance run ended. Raises `OrganizationRefused` (`not_in_sandbox`) for one that is not there yet."""
    row = Organization.objects.select_for_update().get(pk=organization)
    if row.state not in {"sandbox", "conformant", "live", "suspended"}:
        text = Text("“{n}”目前{s}，尚未进入沙箱。", "“{n}” is {s}; it has not come to the sandbox.").format(
            n=row.name, s=STATES[row.state]
        )
        raise OrganizationRefused("not_in_sandbox", text)
    ConformanceRun.objects.create(
        organization_id=organization, passed=passed, suite=suite, checks=checks, by=by.reference, at=now
    )


def state_of(organization: int) -> str:
    """Where it stands."""
    return Organization.objects.values_list("state", flat=True).get(pk=organization)


def step_refusal(organization: int, wanted: str, *, now: datetime) -> str | None:
    """Why an organization may not come to that state now, or None when it may. The organization is held until the end."""
    Organization.objects.select_for_update().get(pk=organization)
    with connection.cursor() as cursor:
        cursor.execute("SELECT participants_step_refusal(%s, %s, %s)", [organization, wanted, scheme_day(now)])
        code: str | None = cursor.fetchone()[0]
    return code


def step(organization: int, wanted: str, *, by: Actor, now: datetime, cause: str = "", reason: str = "") -> None:
    """The organization comes to that state. Raises `OrganizationRefused` with a code of `REFUSALS`."""
    code = step_refusal(organization, wanted, now=now)
    row = Organization.objects.get(pk=organization)
    if code is not None:
        missing = missing_documents(organization, on=scheme_day(now))
        names = Text(
            "、".join(DOCUMENTS[kind].zh for kind in missing), ", ".join(DOCUMENTS[kind].en for kind in missing)
        )
        text = REFUSALS[code].format(name=row.name, state=STATES[row.state], wanted=STATES[wanted], missing=names)
        raise OrganizationRefused(code, text)
    if wanted == "sandbox" and row.role == PARTNER:
        _number_partner(row, now=now)
    Organization.objects.filter(pk=organization).update(
        state=wanted, state_at=max(now, row.state_at), state_by=by.reference, state_cause=cause, state_reason=reason
    )


def _number_partner(row: Organization, *, now: datetime) -> None:
    """The number by which the ledger knows it: that of the file partner of its code, if there was one, or a new one."""
    since = min(view.terms.term_from for view in agreements(row.pk) if len(view.signed) == 2)
    onboarded = {
        "kind": "onboarded",
        "name": row.name,
        "organization_id": row.pk,
        "agreement_from": since,
        "agreement_until": None,
    }
    if not Partner.objects.filter(code=row.code).update(**onboarded):
        Partner.objects.create(code=row.code, created_at=now, **onboarded)
