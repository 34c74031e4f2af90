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
    if not re.fullmatch(r"[\w.-]{1,40}", code):
        text = Text(
            "合作方代码“{c}”无效；可用字母、数字、点、横线和下划线，最多 40 个。",
            "“{c}” is no code for a partner; use letters, digits, dots, dashes and underscores, 40 at the most.",
        )
        raise Refusal("partner_code", text.format(c=code), field="partner")
    Partner.objects.get_or_create(
        code=code, defaults={"name": code, "kind": "file", "agreement_from": FILE_AGREEMENT_FROM, "created_at": now}
    )
    terms = partner_terms(code)
    assert terms is not None
    return terms


def set_consent(code: str, *, by: str) -> None:
    """Who obtains the consents of the partner's users from now on: `BY_PARTNER` or `BY_PLATFORM`."""
    Partner.objects.filter(code=code).update(consent=by)
