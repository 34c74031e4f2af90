"""Partners admitted."""

import re
from datetime import date, datetime

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.participants.organizations.models import Partner
from tanhui.participants.organizations.selectors import partner_terms
from tanhui.participants.organizations.types import PartnerTerms

FILE_AGREEMENT_FROM = date(2000, 1, 1)


def admit_file_partner(code: str, *, now: datetime) -> PartnerTerms:
    """The partner of that code; one unknown so far is admitted as a file partner, with an open agreement.

    Raises `Refusal` when the code is none: letters, digits, dots, dashes and underscores, 40 at the most.
    """
    _refuse_odd_code(code)
    Partner.objects.get_or_create(
        code=code, defaults={"name": code, "kind": "file", "agreement_from": FILE_AGREEMENT_FROM, "created_at": now}
    )
    terms = partner_terms(code)
    assert terms is not None
    return terms


def set_consent(code: str, *, by: str) -> None:
    """Who obtains the consents of the partner's users from now on: `BY_PARTNER` or `BY_PLATFORM`."""
    Partner.objects.filter(code=code).update(consent=by)


def admit_api_partner(
    code: str, *, name: str, agreement_from: date, agreement_until: date | None, consent: str, now: datetime
) -> PartnerTerms:
    """A new partner that sends by itself. Raises `Refusal`: `partner_code`, `partner_known`, `agreement_dates`."""
    _refuse_odd_code(code)
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


def _refuse_odd_code(code: str) -> None:
    if not re.fullmatch(r"[\w.-]{1,40}", code):
        text = Text(
            "合作方代码“{c}”无效；可用字母、数字、点、横线和下划线，最多 40 个。",
            "“{c}” is no code for a partner; use letters, digits, dots, dashes and underscores, 40 at the most.",
        )
        raise Refusal("partner_code", text.format(c=code), field="partner")
