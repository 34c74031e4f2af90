"""Who is who among partners and persons."""

from uuid import UUID

from django.db import connection

from tanhui.participants.models import Partner, Person, PersonLink
from tanhui.participants.types import PartnerTerms


def partner_terms(code: str) -> PartnerTerms | None:
    """The partner of that code with its agreement, or None."""
    row = Partner.objects.filter(code=code).values_list("id", "code", "agreement_from", "agreement_until").first()
    return None if row is None else PartnerTerms(*row)


def partner_codes() -> dict[int, str]:
    """The code of every partner by its number."""
    return dict(Partner.objects.values_list("id", "code"))


def namespaces() -> list[str]:
    """The spaces of user ids that persons were linked from."""
    return list(PersonLink.objects.order_by("namespace").values_list("namespace", flat=True).distinct())


def person_of_subject(subject: UUID) -> int | None:
    """The person linked to that keyed hash, or None."""
    return PersonLink.objects.filter(subject=subject).values_list("person_id", flat=True).first()


def person_exists(person_id: int) -> bool:
    """Whether there is a person of that number."""
    return Person.objects.filter(pk=person_id).exists()


def unknown_persons(numbers: list[int]) -> list[int]:
    """Which of these numbers are no person's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n FROM unnest(%s::bigint[]) AS n WHERE NOT EXISTS (SELECT FROM participants_person AS p WHERE p.id = n)",
            [numbers],
        )
        return [int(row[0]) for row in cursor.fetchall()]
