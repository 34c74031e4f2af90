"""Consents, per partner and purpose: each given and withdrawn by one call, kept for ever, the last one counting (PIPL 14, 15)."""

from datetime import date, datetime

from tanhui.participants.persons.models import Consent, Notice
from tanhui.participants.persons.notices import OF_THE_PLATFORM, PURPOSES, notice_in_force
from tanhui.participants.persons.states import hold_person
from tanhui.participants.persons.types import PLATFORM, ConsentLine, refused

COLLECT, AUTOMATED = "collect", "automated"


def give_consent(
    person: int, *, purpose: str, digest: str, partner_id: int = PLATFORM, channel: str, today: date, now: datetime
) -> int:
    """The number of a person's consent to the notice of that digest, which must be the one in force today.

    Raises `Refusal`: `state_refused`, `purpose_unknown`, `notice_outdated`.
    """
    _check_purpose(purpose, partner_id)
    state = hold_person(person)
    if state != "active":
        raise refused("state_refused", s=state)
    notice = notice_in_force(purpose, on=today)
    if notice.digest != digest:
        raise refused("notice_outdated")
    row = Consent.objects.create(
        person_id=person,
        partner_id=partner_id,
        purpose=purpose,
        notice_id=notice.id,
        given=True,
        at=now,
        channel=channel,
    )
    return int(row.pk)


def withdraw_consent(person: int, *, purpose: str, partner_id: int = PLATFORM, channel: str, now: datetime) -> None:
    """Withdraws a consent; one that does not stand is withdrawn again, harmlessly. The database ends the links it stood for.

    To refuse what needs no consent (automated decisions) is the same call. Raises `Refusal`: `purpose_unknown`, `state_refused`.
    """
    _check_purpose(purpose, partner_id)
    state = hold_person(person)
    if state == "closed":
        raise refused("state_refused", s=state)
    Consent.objects.create(
        person_id=person, partner_id=partner_id, purpose=purpose, notice_id=None, given=False, at=now, channel=channel
    )


def standing_consent(person: int, *, purpose: str, partner_id: int = PLATFORM) -> int | None:
    """The number of the consent that stands, or None when none was given or it was withdrawn."""
    last = Consent.objects.filter(person_id=person, partner_id=partner_id, purpose=purpose).order_by("-id").first()
    return int(last.pk) if last is not None and last.given else None


def current_version(person: int, purpose: str) -> str | None:
    """The digest of the notice that the person has consented to for a purpose of the platform's, or None."""
    number = standing_consent(person, purpose=purpose)
    return (
        None
        if number is None
        else Notice.objects.get(pk=Consent.objects.values("notice_id").get(pk=number)["notice_id"]).digest
    )


def automated_decisions_allowed(person: int) -> bool:
    """Whether rules may decide about this person without a human (PIPL 24): yes, until the person refuses."""
    last = Consent.objects.filter(person_id=person, partner_id=PLATFORM, purpose=AUTOMATED).order_by("-id").first()
    return last is None or last.given


def consents_of(person: int) -> list[ConsentLine]:
    """Every purpose the person has decided on, as it stands, by partner."""
    rows = (
        Consent.objects.filter(person_id=person)
        .order_by("partner_id", "purpose", "-id")
        .distinct("partner_id", "purpose")
    )
    versions = dict(Notice.objects.values_list("id", "version"))
    return [
        ConsentLine(row.partner_id, row.purpose, versions.get(row.notice_id), row.given, row.at)  # type: ignore[arg-type]
        for row in rows
    ]


def _check_purpose(purpose: str, partner_id: int) -> None:
    if purpose not in PURPOSES or (purpose in OF_THE_PLATFORM) != (partner_id == PLATFORM):
        raise refused("purpose_unknown", c=purpose)
