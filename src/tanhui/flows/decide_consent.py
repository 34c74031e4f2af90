"""A person consents, or withdraws: one call each, and what follows of it follows in the same transaction (4(3))."""

from datetime import datetime
from functools import partial

from tanhui.flows.attempts import in_transaction
from tanhui.participants.organizations.selectors import partner_terms
from tanhui.participants.organizations.types import PartnerTerms
from tanhui.participants.persons.consents import give_consent, withdraw_consent
from tanhui.participants.persons.types import PLATFORM, refused
from tanhui.steps.account.corrections import moment
from tanhui.steps.account.services import local_day


def give(
    person: int, *, purpose: str, notice: str, partner: str | None = None, channel: str = "app", now: datetime
) -> None:
    """The person consents to the notice of that digest, to the partner of that code or to the platform itself.

    Raises `Refusal`: `partner_unknown`, `purpose_unknown`, `notice_outdated`, `state_refused`.
    """
    in_transaction(
        partial(
            give_consent, person, purpose=purpose, digest=notice, partner_id=_number(partner), channel=channel,
            today=local_day(moment(now)), now=now,
        )
    )  # fmt: skip


def withdraw(person: int, *, purpose: str, partner: str | None = None, channel: str = "app", now: datetime) -> None:
    """The person withdraws. Of a partner's collection the links end in this moment; the next record is refused.

    Raises `Refusal`: `partner_unknown`, `purpose_unknown`, `state_refused`.
    """
    number = _number(partner)
    in_transaction(partial(withdraw_consent, person, purpose=purpose, partner_id=number, channel=channel, now=now))


def terms_of(partner: str) -> PartnerTerms:
    """The partner of that code. Raises `Refusal` `partner_unknown`."""
    terms = partner_terms(partner)
    if terms is None:
        raise refused("partner_unknown", c=partner)
    return terms


def _number(partner: str | None) -> int:
    return PLATFORM if partner is None else terms_of(partner).id
