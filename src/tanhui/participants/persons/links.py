"""Linking a person to a partner's user id by consent: a one-time code that the partner claims, or a signed callback with it.

A code of kind `link` is short, to be typed in the partner's app; one of kind `state` travels in addresses and is long. The link
is a row of `participants_person_link` in the partner's own space: records find it as they find any other.
"""

import secrets
from datetime import datetime, timedelta
from typing import Literal

from django.db import IntegrityError, connection, transaction

from tanhui.participants.organizations.types import BY_PLATFORM, PartnerTerms
from tanhui.participants.persons.consents import COLLECT, standing_consent
from tanhui.participants.persons.models import CodeClaim, OneTimeCode, PersonLink
from tanhui.participants.persons.sealed import ONE_TIME
from tanhui.participants.persons.services import subject_hash
from tanhui.participants.persons.states import hold_person
from tanhui.participants.persons.types import PLATFORM, refused
from tanhui.support.security.keys.services import blind_index

Kind = Literal["link", "state", "guardian"]
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what is mistaken for something else: 0 and O, 1, I and L, U (V)."""
SHORT, LONG = 8, 32
VALID = timedelta(minutes=10)
WRONG_CLAIMS_AN_HOUR = 10
LONGEST_USER = 1000


def new_code(person: int, *, kind: Kind, partner_id: int = PLATFORM, now: datetime) -> str:
    """A code that holds for ten minutes and once. Earlier ones of the same kind and partner no longer hold.

    Raises `Refusal` `state_refused`.
    """
    state = hold_person(person)
    if state != "active":
        raise refused("state_refused", s=state)
    OneTimeCode.objects.filter(person_id=person, kind=kind, partner_id=partner_id, used_at=None).update(used_at=now)
    code = "".join(secrets.choice(ALPHABET) for _ in range(LONG if kind == "state" else SHORT))
    OneTimeCode.objects.create(
        code=_hashed(kind, code),
        kind=kind,
        person_id=person,
        partner_id=partner_id,
        made_at=now,
        expires_at=now + VALID,
    )
    return code


def claim_code(code: str, *, kind: Kind, claimant: str, partner_id: int = PLATFORM, now: datetime) -> int | None:
    """Whose code that is; it is used up then. None for a wrong one, which counts: after ten in an hour nothing is answered.

    The caller commits in either case, so that what was counted stays. Raises `Refusal` `claims_too_many`.
    """
    wrong = CodeClaim.objects.filter(claimant=claimant, right=False, at__gt=now - timedelta(hours=1))
    if wrong.count() >= WRONG_CLAIMS_AN_HOUR:
        raise refused("claims_too_many")
    written = code.strip().upper().replace("-", "").replace(" ", "")
    held = OneTimeCode.objects.filter(
        code=_hashed(kind, written), kind=kind, partner_id=partner_id, used_at=None, expires_at__gt=now
    )
    person = held.values_list("person_id", flat=True).first()
    right = person is not None and held.update(used_at=now) == 1
    CodeClaim.objects.create(claimant=claimant, at=now, right=right)
    return person if right else None


def link_user(person: int, *, terms: PartnerTerms, user: str, secret: bytes, now: datetime) -> None:
    """Links the person to the partner's user; the same link again changes nothing.

    Raises `Refusal`: `partner_obtains_consents`, `state_refused`, `no_consent`, `user_linked`.
    """
    if terms.consent != BY_PLATFORM:
        raise refused("partner_obtains_consents")
    if not user.strip() or len(user) > LONGEST_USER or "\0" in user:
        raise refused("assertion_invalid", why="user")
    state = hold_person(person)
    if state != "active":
        raise refused("state_refused", s=state)
    consent = standing_consent(person, purpose=COLLECT, partner_id=terms.id)
    if consent is None:
        raise refused("no_consent")
    subject = subject_hash(secret=secret, namespace=terms.space, subject=user)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO participants_person_link (subject, person_id, namespace, created_at, consent_id) "
                "VALUES (%s, %s, %s, %s, %s)",
                [subject, person, terms.space, now, consent],
            )
    except IntegrityError as problem:
        if PersonLink.objects.get(subject=subject).person_id != person:
            raise refused("user_linked") from problem


def forget_claims(*, now: datetime) -> int:
    """Removes codes and claims of codes that are of no use any more, and says how many."""
    codes, _ = OneTimeCode.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    claims, _ = CodeClaim.objects.filter(at__lt=now - timedelta(days=1)).delete()
    return codes + claims


def _hashed(kind: Kind, code: str) -> bytes:
    return blind_index(ONE_TIME, f"{kind} {code}")
