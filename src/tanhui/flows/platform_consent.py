"""Who obtains a partner's consents: the partner, as for files, or the platform, person by person (4(3), 6.2)."""

from typing import Literal

from tanhui.flows.attempts import in_transaction
from tanhui.flows.decide_consent import terms_of
from tanhui.participants.organizations.services import set_consent
from tanhui.participants.organizations.types import PartnerTerms


def obtain_consents(partner: str, *, by: Literal["partner", "platform"]) -> PartnerTerms:
    """From now on the partner's records count for whom consent was obtained in that way. Raises `Refusal` `partner_unknown`.

    When the platform obtains them, nobody is linked at first: persons the partner's records were booked for until then stay in
    the books, and each links their own account.
    """
    terms_of(partner)
    in_transaction(lambda: set_consent(partner, by=by))
    return terms_of(partner)
