"""An organization from its application to the day it goes live, and to its end (6.1): each step by whom the table allows.

The agreement is entered by one person and signed for the operator by another; a document is reviewed by another than who
handed it in. The database refuses what is out of order, whoever asks.
"""

from datetime import datetime

from django.db import transaction

from tanhui.flows.sealing_ready import open_platform_key
from tanhui.participants.organizations.selectors import organization
from tanhui.participants.organizations.services import agreements, documents, onboarding, qualifications
from tanhui.participants.organizations.types import Applicant, ContactPerson, Paper, Side, Terms
from tanhui.support.security.access.policies import demand, may
from tanhui.support.security.access.types import Actor, Forbidden
from tanhui.support.security.audit.context import acting_as


def apply(actor: Actor, applicant: Applicant, contacts: list[ContactPerson], *, now: datetime) -> int:
    """The number of the new organization. Raises `Forbidden`, and as `onboarding.apply`."""
    demand(actor, "operator:organization:enter")
    open_platform_key(now=now)
    with acting_as(actor.reference), transaction.atomic():
        return onboarding.apply(applicant, contacts, by=actor, now=now)


def hand_in_document(actor: Actor, code: str, paper: Paper, *, now: datetime) -> int:
    """The number of the document. Raises `Forbidden`, and as `documents.add_document`."""
    view = organization(code)
    _demand_any(
        actor, view.id, "operator:organization:enter", "partner:application:write", "redeemer:application:write"
    )
    open_platform_key(now=now)
    with acting_as(actor.reference), transaction.atomic():
        return documents.add_document(view.id, paper, by=actor, now=now)


def review_document(actor: Actor, number: int, *, accepted: bool, reason: str = "", now: datetime) -> str:
    """Keeps what was found, and says where the organization stands then.

    With all of its documents accepted it is qualified, and one that was suspended for them goes on. Raises `Forbidden`, and as
    `documents.review_document`.
    """
    demand(actor, "operator:qualification:review")
    with acting_as(actor.reference), transaction.atomic():
        holder = documents.review_document(number, accepted=accepted, reason=reason, by=actor, now=now)
        if accepted and onboarding.step_refusal(holder, "qualified", now=now) is None:
            onboarding.step(holder, "qualified", by=actor, now=now)
        elif accepted:
            qualifications.bring_back(holder, by=actor, now=now)
        return onboarding.state_of(holder)


def enter_agreement(actor: Actor, code: str, terms: Terms, paper: Paper, *, now: datetime) -> int:
    """The version number of the new agreement, its text kept. Raises `Forbidden`, and as the services."""
    demand(actor, "operator:agreement:enter")
    view = organization(code)
    open_platform_key(now=now)
    with acting_as(actor.reference), transaction.atomic():
        text = documents.add_document(view.id, paper, by=actor, now=now)
        return agreements.enter_agreement(view.id, terms, document=text, by=actor, now=now)


def sign_agreement(
    actor: Actor, code: str, version: int, *, side: Side, signer: str, digest: str, signed_at: datetime, now: datetime
) -> str:
    """Keeps a signature, and says where the organization stands: with both, a qualified one is under agreement.

    Raises `Forbidden`, and as `agreements.sign_agreement`.
    """
    view = organization(code)
    if side == "operator":
        demand(actor, "operator:agreement:approve")
    else:
        _demand_any(actor, view.id, "operator:agreement:enter", "partner:agreement:sign", "redeemer:agreement:sign")
    open_platform_key(now=now)
    with acting_as(actor.reference), transaction.atomic():
        both = agreements.sign_agreement(
            view.id, version, side=side, signer=signer, digest=digest, signed_at=signed_at, by=actor, now=now
        )
        if both and onboarding.step_refusal(view.id, "agreed", now=now) is None:
            onboarding.step(view.id, "agreed", by=actor, now=now)
        elif both:
            qualifications.bring_back(view.id, by=actor, now=now)
        return onboarding.state_of(view.id)


def enter_sandbox(actor: Actor, code: str, *, now: datetime) -> None:
    """The organization may try its connection; a partner has its number from here on. Raises `Forbidden`, `OrganizationRefused`."""
    _move(actor, code, "sandbox", permission="operator:organization:enter", now=now)


def record_conformance(
    actor: Actor, code: str, *, passed: bool, suite: str, checks: dict[str, bool], now: datetime
) -> str:
    """Keeps how a run ended, and says where the organization stands: one in the sandbox that passed is conformant."""
    demand(actor, "operator:conformance:record")
    view = organization(code)
    with acting_as(actor.reference), transaction.atomic():
        onboarding.record_conformance(view.id, passed=passed, suite=suite, checks=checks, by=actor, now=now)
        if passed and onboarding.step_refusal(view.id, "conformant", now=now) is None:
            onboarding.step(view.id, "conformant", by=actor, now=now)
        return onboarding.state_of(view.id)


def go_live(actor: Actor, code: str, *, now: datetime) -> None:
    """The organization takes part, for the first time or again after the operator suspended it."""
    _move(actor, code, "live", permission="operator:organization:suspend", now=now)


def suspend(actor: Actor, code: str, *, reason: str, now: datetime) -> None:
    """Nothing is taken from the organization until it is let in again."""
    _move(
        actor, code, "suspended", permission="operator:organization:suspend", cause="operator", reason=reason, now=now
    )


def end(actor: Actor, code: str, *, reason: str, now: datetime) -> None:
    """The organization no longer takes part, for good."""
    _move(actor, code, "ended", permission="operator:organization:end", reason=reason, now=now)


def _move(
    actor: Actor, code: str, wanted: str, *, permission: str, now: datetime, cause: str = "", reason: str = ""
) -> None:
    demand(actor, permission)
    view = organization(code)
    with acting_as(actor.reference), transaction.atomic():
        onboarding.step(view.id, wanted, by=actor, cause=cause, reason=reason, now=now)


def _demand_any(actor: Actor, holder: int, *permissions: str) -> None:
    if not any(may(actor, permission, organization=holder) for permission in permissions):
        raise Forbidden(permissions[0])
