"""Guardians of children under 14 (PIPL 31): a verified adult who has consented."""

from datetime import date, datetime

from tanhui.participants.persons.models import Guardianship, Person
from tanhui.participants.persons.notices import notice_in_force
from tanhui.participants.persons.registration import is_adult
from tanhui.participants.persons.states import hold_person
from tanhui.participants.persons.types import refused


def become_guardian(guardian: int, *, ward: int, digest: str, today: date, now: datetime) -> None:
    """Keeps that the guardian has consented to the notice in force for this ward.

    Raises `Refusal`: `notice_outdated`, `guardian_not_adult`, `guardian_set`, `state_refused`.
    """
    notice = notice_in_force("guardian", on=today)
    if notice.digest != digest:
        raise refused("notice_outdated")
    for person in sorted({guardian, ward}):
        state = hold_person(person)
        if state != "active":
            raise refused("state_refused", s=state)
    if guardian == ward or not is_adult(guardian, today=today):
        raise refused("guardian_not_adult")
    if Guardianship.objects.filter(ward_id=ward).exists():
        raise refused("guardian_set")
    Guardianship.objects.create(ward_id=ward, guardian_id=guardian, notice_id=notice.id, at=now)


def guardian_of(ward: int) -> int | None:
    """The person's guardian, or None."""
    return Guardianship.objects.filter(ward_id=ward).values_list("guardian_id", flat=True).first()


def wards_of(guardian: int) -> tuple[int, ...]:
    """Whose guardian the person is, accounts that are closed left aside."""
    wards = Guardianship.objects.filter(guardian_id=guardian).values("ward_id")
    open_ones = Person.objects.filter(pk__in=wards).exclude(state="closed").order_by("pk")
    return tuple(open_ones.values_list("pk", flat=True))
