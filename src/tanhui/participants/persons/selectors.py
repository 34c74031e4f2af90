"""Who is who among persons."""

from uuid import UUID

from django.db import connection

from tanhui.participants.persons.models import Person, PersonLink


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
