"""A person linked to a partner's user by consent: by a code the partner claims, or by a signed callback (4(3), 6.2).

Both begin with the person, who is verified and has consented; both end in a row of the links, by which records find the person.
"""

from datetime import datetime
from functools import partial

from tanhui.flows.attempts import in_transaction
from tanhui.flows.decide_consent import terms_of
from tanhui.participants.organizations.types import BY_PLATFORM, PartnerTerms
from tanhui.participants.persons.assertions import CheckSignature, read_assertion
from tanhui.participants.persons.consents import COLLECT, standing_consent
from tanhui.participants.persons.links import Kind, claim_code, link_user, new_code
from tanhui.participants.persons.registration import is_verified
from tanhui.participants.persons.sealed import INDEXED
from tanhui.participants.persons.types import refused
from tanhui.support.security.keys.services import prepare_keys


def link_code(person: int, *, partner: str, now: datetime) -> str:
    """A short code that the person types in the partner's app, or shows there. Holds for ten minutes, once.

    Raises `Refusal`: `partner_unknown`, `partner_obtains_consents`, `identity_unverified`, `no_consent`, `state_refused`.
    """
    return _new_code(person, partner, "link", now)


def begin_callback(person: int, *, partner: str, now: datetime) -> str:
    """The `state` with which the person is sent to the partner, who sends them back with a signed statement. Raises as `link_code`."""
    return _new_code(person, partner, "state", now)


def claim_link(terms: PartnerTerms, *, code: str, user: str, secret: bytes, now: datetime) -> None:
    """The partner says whose code was typed: that user's. The caller has made sure who the partner is.

    Raises `Refusal`: `link_code_wrong`, `claims_too_many`, `user_linked`, `no_consent`, `state_refused`.
    """
    prepare_keys(fields=INDEXED)
    work = partial(_claim, terms, code, "link", user, None, secret, now)
    if in_transaction(work) is None:
        raise refused("link_code_wrong")


def finish_callback(
    person: int, *, assertion: str, audience: str, check: CheckSignature, secret: bytes, now: datetime
) -> str:
    """The person comes back with the partner's signed statement. Says the partner's code.

    `person` is whose session this is: a journey begun by somebody else is refused, so that nobody's acts are brought into
    another's account. Raises `Refusal`: `assertion_invalid`, and as `claim_link`.
    """
    said = read_assertion(assertion, audience=audience, check=check, now=now)
    terms = terms_of(said.partner)
    prepare_keys(fields=INDEXED)
    if in_transaction(partial(_claim, terms, said.state, "state", said.user, person, secret, now)) is None:
        raise refused("link_code_wrong")
    return said.partner


def _new_code(person: int, partner: str, kind: Kind, now: datetime) -> str:
    terms = terms_of(partner)
    if terms.consent != BY_PLATFORM:
        raise refused("partner_obtains_consents")
    prepare_keys(fields=INDEXED)
    return in_transaction(partial(_code, person, terms, kind, now))


def _code(person: int, terms: PartnerTerms, kind: Kind, now: datetime) -> str:
    if not is_verified(person):
        raise refused("identity_unverified")
    if standing_consent(person, purpose=COLLECT, partner_id=terms.id) is None:
        raise refused("no_consent")
    return new_code(person, kind=kind, partner_id=terms.id, now=now)


def _claim(
    terms: PartnerTerms, code: str, kind: Kind, user: str, expected: int | None, secret: bytes, now: datetime
) -> int | None:
    claimant = f"partner {terms.id}" if expected is None else f"P{expected}"
    person = claim_code(code, kind=kind, claimant=claimant, partner_id=terms.id, now=now)
    if person is None or expected not in (None, person):
        return None
    link_user(person, terms=terms, user=user, secret=secret, now=now)
    return person
