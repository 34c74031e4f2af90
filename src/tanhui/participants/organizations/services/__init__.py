"""Organizations admitted, reviewed, bound and let in. Here: the file partners, who stand by themselves."""

import re
from datetime import date, datetime

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.participants.organizations.days import scheme_day
from tanhui.participants.organizations.models import Organization, Partner
from tanhui.participants.organizations.selectors import partner_terms
from tanhui.participants.organizations.types import OrganizationRefused, PartnerTerms

FILE_AGREEMENT_FROM = date(2000, 1, 1)


def admit_file_partner(code: str, *, now: datetime) -> PartnerTerms:
    """The partner of that code; one unknown so far is admitted as a file partner, with an open agreement.

    Raises `Refusal` when the code is none: letters, digits, dots, dashes and underscores, 40 at the most; and
    `OrganizationRefused` (`partner_not_ready`) when it is that of an organization on its way to become a partner.
    """
    check_code(code)
    terms = partner_terms(code, on=scheme_day(now))
    if terms is not None:
        return terms
    _refuse_on_its_way(code)
    Partner.objects.get_or_create(
        code=code, defaults={"name": code, "kind": "file", "agreement_from": FILE_AGREEMENT_FROM, "created_at": now}
    )
    terms = partner_terms(code)
    assert terms is not None
    return terms


def check_code(code: str) -> None:
    """Nothing, when the code may be a partner's or an organization's. Raises `Refusal`."""
    if not re.fullmatch(r"[\w.-]{1,40}", code):
        text = Text(
            "合作方代码“{c}”无效；可用字母、数字、点、横线和下划线，最多 40 个。",
            "“{c}” is no code for a partner; use letters, digits, dots, dashes and underscores, 40 at the most.",
        )
        raise Refusal("partner_code", text.format(c=code), field="partner")


def set_consent(code: str, *, by: str) -> None:
    """Who obtains the consents of a file partner's users from now on: `BY_PARTNER` or `BY_PLATFORM`.

    Raises `OrganizationRefused` (`consent_by_agreement`) for an organization's partner: its agreement says so.
    """
    if Partner.objects.filter(code=code, organization__isnull=False).exists():
        text = Text(
            "合作方“{c}”的同意方式由协议约定；请签订新版协议。",
            "The agreement with “{c}” says who obtains consent; agree anew.",
        )
        raise OrganizationRefused("consent_by_agreement", text.format(c=code), field="partner")
    Partner.objects.filter(code=code).update(consent=by)


def admit_api_partner(
    code: str, *, name: str, agreement_from: date, agreement_until: date | None, consent: str, now: datetime
) -> PartnerTerms:
    """A new partner that sends by itself. Raises `Refusal`: `partner_code`, `partner_known`, `partner_not_ready`, `agreement_dates`."""
    check_code(code)
    _refuse_on_its_way(code)
    if agreement_until is not None and agreement_until <= agreement_from:
        text = Text("协议终止日应晚于生效日。", "The agreement must end after it begins.")
        raise Refusal("agreement_dates", text, field="agreement_until")
    _, new = Partner.objects.get_or_create(
        code=code,
        defaults={
            "name": name, "kind": "api", "agreement_from": agreement_from, "agreement_until": agreement_until,
            "consent": consent, "created_at": now,
        },
    )  # fmt: skip
    if not new:
        text = Text("合作方“{c}”已存在。", "There is a partner “{c}” already.").format(c=code)
        raise Refusal("partner_known", text, field="partner")
    terms = partner_terms(code)
    assert terms is not None
    return terms


def admit_virtual_partner(code: str, terms: PartnerTerms, *, now: datetime) -> int:
    """The number of the partner of that code in a sandbox's books, admitted under these terms when it is new."""
    found, _ = Partner.objects.get_or_create(
        code=code,
        defaults={
            "name": terms.code, "kind": "virtual", "agreement_from": terms.agreement_from,
            "agreement_until": terms.agreement_until, "created_at": now,
        },
    )  # fmt: skip
    return int(found.pk)


def _refuse_on_its_way(code: str) -> None:
    if Organization.objects.filter(code=code).exists() and not Partner.objects.filter(code=code).exists():
        text = Text(
            "机构“{c}”尚未进入沙箱，不能导入数据。",
            "The organization “{c}” has not come to the sandbox; nothing is taken from it yet.",
        )
        raise OrganizationRefused("partner_not_ready", text.format(c=code), field="partner")
