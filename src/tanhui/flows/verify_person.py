"""Real-name verification through the identity provider (6.5, 7.3.3.3), and the guardian's consent that a child needs first."""

from datetime import datetime
from functools import partial

from tanhui.flows.attempts import in_transaction
from tanhui.participants.persons.consents import give_consent
from tanhui.participants.persons.guardians import become_guardian
from tanhui.participants.persons.links import claim_code, new_code
from tanhui.participants.persons.registration import check_claim, note_check, verify_identity
from tanhui.participants.persons.sealed import INDEXED
from tanhui.participants.persons.types import Outside, refused
from tanhui.steps.account.corrections import moment
from tanhui.steps.account.services import local_day
from tanhui.support.security.keys.services import prepare_keys


def verify_person(person: int, *, real_name: str, id_number: str, notice: str, outside: Outside, now: datetime) -> None:
    """Ties the person's account to the identity, when the provider says that name and number belong together.

    `notice` is the digest of the separate notice for this (sensitive information: PIPL 28 to 30). A number that cannot be one is
    refused before anybody is asked. Raises `Refusal`: `id_number_invalid`, `real_name_invalid`, `guardian_needed`,
    `identity_taken`, `identity_tries`, `identity_different`, `identity_unavailable`, `identity_verified`, `not_registered`,
    `notice_outdated`, `state_refused`.
    """
    prepare_keys(owners=[person], fields=INDEXED)
    name, number = in_transaction(partial(_agree, person, real_name, id_number, notice, now))
    ask_provider(person, name, number, outside=outside, now=now)
    in_transaction(partial(verify_identity, person, real_name=name, number=number, now=now))


def ask_provider(person: int, name: str, number: str, *, outside: Outside, now: datetime) -> None:
    """Has the provider check name and number, and keeps that it was asked, outside of any transaction.

    Raises `Refusal`: `identity_different`, `identity_unavailable`.
    """
    checked = outside.identity.check(name, number, now=now)
    in_transaction(partial(note_check, person, checked, now=now))
    if checked.outcome == "unavailable":
        raise refused("identity_unavailable")
    if checked.outcome != "same":
        raise refused("identity_different")


def guardian_code(ward: int, *, now: datetime) -> str:
    """A code that a child shows to the guardian. Raises `Refusal` `state_refused`."""
    prepare_keys(fields=INDEXED)
    return in_transaction(partial(new_code, ward, kind="guardian", now=now))


def consent_as_guardian(guardian: int, *, code: str, notice: str, now: datetime) -> int:
    """The guardian's consent for the child that showed the code, who can be verified then. Says the ward's number.

    Raises `Refusal`: `link_code_wrong`, `claims_too_many`, `guardian_not_adult`, `guardian_set`, `notice_outdated`.
    """
    prepare_keys(owners=[guardian], fields=INDEXED)
    ward = in_transaction(partial(_become_guardian, guardian, code, notice, now))
    if ward is None:
        raise refused("link_code_wrong")
    return ward


def _agree(person: int, real_name: str, id_number: str, notice: str, now: datetime) -> tuple[str, str]:
    today = local_day(moment(now))
    claim = check_claim(person, real_name=real_name, number=id_number, today=today, now=now)
    give_consent(person, purpose="identity", digest=notice, channel="verification", today=today, now=now)
    return claim


def _become_guardian(guardian: int, code: str, notice: str, now: datetime) -> int | None:
    ward = claim_code(code, kind="guardian", claimant=f"P{guardian}", now=now)
    if ward is not None:
        become_guardian(guardian, ward=ward, digest=notice, today=local_day(moment(now)), now=now)
    return ward
