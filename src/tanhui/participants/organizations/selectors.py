"""Who is who among partners."""

from tanhui.participants.organizations.models import Partner
from tanhui.participants.organizations.types import PartnerTerms


def partner_terms(code: str) -> PartnerTerms | None:
    """The partner of that code with its agreement, or None."""
    row = (
        Partner.objects.filter(code=code)
        .values_list("id", "code", "agreement_from", "agreement_until", "consent")
        .first()
    )
    return None if row is None else PartnerTerms(*row)


def partner_codes() -> dict[int, str]:
    """The code of every partner by its number."""
    return dict(Partner.objects.values_list("id", "code"))
