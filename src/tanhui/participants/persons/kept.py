"""All that is kept of one person in this app, table by table and field by field: what the person sees, exports and may correct.

Sealed fields are opened, for the person alone; keyed hashes are shown as what they are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from tanhui.participants.persons import models as own
from tanhui.participants.persons.sealed import DETAIL, ID_NUMBER, PHONE, REAL_NAME
from tanhui.support.security.keys.services import unseal
from tanhui.support.security.keys.types import Shredded

SEALED = (PHONE, REAL_NAME, ID_NUMBER, DETAIL)
Rows = Callable[[int], models.QuerySet[Any]]

OF_A_PERSON: Mapping[type[models.Model], Rows] = {
    own.Person: lambda person: own.Person.objects.filter(pk=person),
    own.PersonLink: lambda person: own.PersonLink.objects.filter(person_id=person),
    own.Identity: lambda person: own.Identity.objects.filter(person_id=person),
    own.StateChange: lambda person: own.StateChange.objects.filter(person_id=person),
    own.Verification: lambda person: own.Verification.objects.filter(person_id=person),
    own.SmsCode: lambda person: own.SmsCode.objects.filter(
        phone_index__in=own.Identity.objects.filter(person_id=person).values("phone_index")
    ),
    own.Session: lambda person: own.Session.objects.filter(person_id=person),
    own.Consent: lambda person: own.Consent.objects.filter(person_id=person),
    own.OneTimeCode: lambda person: own.OneTimeCode.objects.filter(person_id=person),
    own.CodeClaim: lambda person: own.CodeClaim.objects.filter(claimant=f"P{person}"),
    own.Guardianship: lambda person: own.Guardianship.objects.filter(
        models.Q(ward_id=person) | models.Q(guardian_id=person)
    ),
    own.Reveal: lambda person: own.Reveal.objects.filter(person_id=person),
    own.RightsRequest: lambda person: own.RightsRequest.objects.filter(person_id=person),
    own.RightsEvent: lambda person: own.RightsEvent.objects.filter(request__person_id=person),
}
NOBODYS = (own.EndedLink, own.PersonKey, own.Notice, own.SigningKey)
"""The tables of this app in which nothing is kept of a person who could be told from others."""


def kept_of(person: int) -> dict[str, list[dict[str, object]]]:
    """Every row of every table of this app that is of this person: table → rows, column → value."""
    return {_table(model): list(_rows(person, model, rows(person))) for model, rows in OF_A_PERSON.items()}


def _rows(person: int, model: type[models.Model], rows: Iterable[models.Model]) -> Iterator[dict[str, object]]:
    names = [(field.attname, field.column) for field in model._meta.concrete_fields if field.column]  # noqa: SLF001 - Django's public name for it
    for row in rows:
        yield {column: _value(person, f"{_table(model)}.{column}", getattr(row, name)) for name, column in names}


def _table(model: type[models.Model]) -> str:
    return str(model._meta.db_table)  # noqa: SLF001 - Django's public name for it


def _value(person: int, name: str, value: object) -> object:
    if isinstance(value, memoryview | bytes):
        if name in SEALED:
            try:
                return unseal(person, name, bytes(value))
            except Shredded:
                return None
        return bytes(value).hex()
    return value


@dataclass(frozen=True, slots=True)
class Processed:
    """One thing that was done with a person's data: when, what, by whom, and what for."""

    at: datetime
    what: str
    by: str
    about: str


def processing_of(person: int) -> list[Processed]:
    """What was done with the person's data, the first first: consents, checks, looks, states, requests, messages, sign-ins."""
    found = [
        *(Processed(c.at, "consent_given" if c.given else "consent_withdrawn", c.channel, _to(c)) for c in _of(own.Consent, person)),
        *(Processed(v.at, "identity_checked", "identity provider", v.outcome) for v in _of(own.Verification, person)),
        *(Processed(r.at, "looked_at", r.actor, f"{r.field}: {r.reason}") for r in _of(own.Reveal, person)),
        *(Processed(s.at, "state_changed", s.actor, f"{s.from_state} → {s.to_state}: {s.reason}") for s in _of(own.StateChange, person)),
        *(Processed(r.made_at, "request_made", "person", r.kind) for r in _of(own.RightsRequest, person)),
        *(Processed(e.at, f"request_{e.event}", e.actor, e.note) for e in _of(own.RightsEvent, person) if e.event != "made"),
        *(Processed(c.sent_at, "code_sent", "sms provider", "sign-in") for c in _of(own.SmsCode, person)),
        *(Processed(s.created_at, "signed_in", "person", s.device) for s in _of(own.Session, person)),
        *(Processed(link.created_at, "linked", "person" if link.consent_id else "partner", link.namespace) for link in _of(own.PersonLink, person)),
        *(Processed(g.at, "guardian_consented", f"P{g.guardian_id}", f"P{g.ward_id}") for g in _of(own.Guardianship, person)),
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.at)


def _of(model: type[models.Model], person: int) -> Iterable[Any]:
    return OF_A_PERSON[model](person)


def _to(consent: own.Consent) -> str:
    return f"{consent.purpose} → " + (f"partner {consent.partner_id}" if consent.partner_id else "platform")
