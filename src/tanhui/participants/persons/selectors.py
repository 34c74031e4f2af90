"""Who is who among persons, and what is kept of one of them."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from tanhui.participants.persons.guardians import guardian_of, wards_of
from tanhui.participants.persons.id_numbers import masked_id_number, masked_name
from tanhui.participants.persons.models import Identity, Person, PersonLink
from tanhui.participants.persons.phones import masked_phone
from tanhui.participants.persons.sealed import ID_NUMBER, PHONE, REAL_NAME
from tanhui.participants.persons.types import Profile, State
from tanhui.support.security.keys.services import unseal


def namespaces() -> list[str]:
    """The spaces of user ids that persons were linked from."""
    return list(PersonLink.objects.order_by("namespace").values_list("namespace", flat=True).distinct())


def person_of_subject(subject: UUID) -> int | None:
    """The person linked to that keyed hash, or None."""
    return PersonLink.objects.filter(subject=subject).values_list("person_id", flat=True).first()


def person_exists(person_id: int) -> bool:
    """Whether there is a person of that number."""
    return Person.objects.filter(pk=person_id).exists()


def person_state(person_id: int) -> State | None:
    """The state of the person's account, or None when there is no such person."""
    found: State | None = Person.objects.filter(pk=person_id).values_list("state", flat=True).first()  # type: ignore[assignment]
    return found


def unknown_persons(numbers: list[int]) -> list[int]:
    """Which of these numbers are no person's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n FROM unnest(%s::bigint[]) AS n WHERE NOT EXISTS (SELECT FROM participants_person AS p WHERE p.id = n)",
            [numbers],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def misplaced_standings() -> list[tuple[int, str, int]]:
    """Accounts whose standing in the ledger is not that of their person's state: person, state, standing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id, p.state, b.standing FROM ledger_balance AS b JOIN participants_person AS p ON p.id = b.person_id
            WHERE b.standing <> array_position(ARRAY['active', 'frozen', 'closing', 'closed'], p.state::text) - 1 LIMIT 100
            """
        )
        return [(int(person), str(state), int(standing)) for person, state, standing in cursor.fetchall()]


def profile(person_id: int) -> Profile | None:
    """A person as everybody who may look at persons sees them, masked; None when there is no such person."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return None
    identity = Identity.objects.filter(pk=person_id).first()
    phone = real_name = id_number = None
    if identity is not None:
        phone = masked_phone(unseal(person_id, PHONE, bytes(identity.phone)))
        if identity.verified_at is not None and identity.real_name is not None and identity.id_number is not None:
            real_name = masked_name(unseal(person_id, REAL_NAME, bytes(identity.real_name)))
            id_number = masked_id_number(unseal(person_id, ID_NUMBER, bytes(identity.id_number)))
    state: State = person.state  # type: ignore[assignment]
    return Profile(
        person_id, state, person.state_until, person.created_at, identity is not None, phone, real_name, id_number,
        identity.verified_at if identity else None, guardian_of(person_id), wards_of(person_id),
    )  # fmt: skip


def due_to_close(*, now: datetime) -> list[int]:
    """The persons who have had their time to think over the closing of their account."""
    due = Person.objects.filter(state="closing", state_until__lte=now).order_by("pk")
    return list(due.values_list("pk", flat=True))
