"""A partner's keys: issued, replaced with an overlap, revoked; what it may ask for; its sandbox begun anew."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.participants.credentials import services
from tanhui.participants.credentials.selectors import sandbox_generation, stored_key
from tanhui.participants.credentials.types import IssuedKey, Kind, Limits
from tanhui.participants.organizations.selectors import partner_terms
from tanhui.participants.organizations.services import admit_api_partner, admit_virtual_partner
from tanhui.participants.organizations.types import BY_PARTNER, LIVE, PartnerTerms
from tanhui.support.security.keys.suites import sm2

OVERLAP = timedelta(hours=24)
is_right_secret = services.is_secret
hmac_key = services.hmac_key
holds_sm2 = sm2.verify


def add_partner(
    code: str,
    *,
    name: str,
    agreement_from: date,
    agreement_until: date | None,
    consent: str,
    limits: Limits | None,
    now: datetime,
) -> PartnerTerms:
    """A partner admitted to the interface; `consent` says who obtains its users' consents, `BY_PARTNER` or `BY_PLATFORM`.

    Raises `Refusal`: `partner_code`, `partner_known`, `agreement_dates`.
    """
    with transaction.atomic():
        terms = admit_api_partner(
            code, name=name, agreement_from=agreement_from, agreement_until=agreement_until, consent=consent, now=now
        )
        if limits is not None:
            services.set_limits(partner_id=terms.id, limits=limits)
        return terms


def set_partner_limits(code: str, *, limits: Limits) -> None:
    """What the partner may ask for from now on. Raises `Refusal`: `partner_unknown`."""
    with transaction.atomic():
        services.set_limits(partner_id=_known(code).id, limits=limits)


def issue_credentials(
    partner: str, *, kind: Kind, live: bool, master: bytes, now: datetime, name: str = "", public_key: str | None = None
) -> IssuedKey:
    """A new key of the partner. Raises `Refusal`: `partner_unknown`, and what `issue_key` does."""
    with transaction.atomic():
        return services.issue_key(
            partner_id=_known(partner).id,
            kind=kind,
            live=live,
            name=name,
            public_key=public_key,
            master=master,
            now=now,
        )


def rotate_credentials(
    code: str, *, master: bytes, now: datetime, public_key: str | None = None, overlap: timedelta = OVERLAP
) -> IssuedKey:
    """A key in place of this one, which ends after the overlap. Raises `Refusal`: `key_unknown`, `key_ended`."""
    with transaction.atomic():
        old = stored_key(code)
        if old is None or not old.opens(now):
            text = Text("没有有效的密钥 {c}。", "There is no key {c} that opens anything.").format(c=code[:60])
            raise Refusal("key_unknown" if old is None else "key_ended", text, field="key")
        services.end_key(code, at=now + overlap)
        return services.issue_key(
            partner_id=old.terms.id,
            kind=old.kind,
            live=old.live,
            name=old.name,
            public_key=public_key,
            master=master,
            now=now,
        )


def revoke_credentials(code: str, *, now: datetime) -> None:
    """The key opens nothing from now on; processes that know it believe it for a few seconds still."""
    with transaction.atomic():
        services.end_key(code, at=now)


def seen_first(*, key_id: int, nonce: str, ends_at: datetime, now: datetime) -> bool:
    """Whether a signature's nonce comes for the first time."""
    with transaction.atomic():
        return services.take_nonce(key_id=key_id, nonce=nonce, ends_at=ends_at, now=now)


def reset_sandbox(partner_id: int) -> int:
    """Begins the partner's sandbox anew: from now on it is another virtual partner there. The number of the new one."""
    with transaction.atomic():
        return services.begin_sandbox_anew(partner_id=partner_id)


def present_sandbox(partner_id: int) -> int:
    """The number of the partner's present sandbox."""
    return sandbox_generation(partner_id)


def virtual_partner(terms: PartnerTerms, *, generation: int, now: datetime) -> PartnerTerms:
    """In the sandbox's database: whom the partner's records are of, under its own agreement."""
    with transaction.atomic():
        number = admit_virtual_partner(f"sandbox-{terms.id}-{generation}", terms, now=now)
    # its persons are virtual, nobody is asked; who tries its connection need not be live
    return replace(terms, id=number, consent=BY_PARTNER, organization=None, state=LIVE)


def _known(code: str) -> PartnerTerms:
    terms = partner_terms(code)
    if terms is None:
        text = Text("没有合作方“{c}”。", "There is no partner “{c}”.").format(c=code[:60])
        raise Refusal("partner_unknown", text, field="partner")
    return terms
