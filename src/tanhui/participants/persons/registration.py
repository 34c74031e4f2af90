"""Registering a person by phone, and tying the account to a verified identity: one person, one account (6.5, 7.3.3.3).

What must be done ahead of a transaction because it goes over the network (a key, the provider's answer) is handed in.
"""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from tanhui.participants.persons.id_numbers import ADULT_AGE, age, child, id_number
from tanhui.participants.persons.models import Guardianship, Identity, Verification
from tanhui.participants.persons.sealed import ID_NUMBER, PHONE, REAL_NAME
from tanhui.participants.persons.types import Checked, refused
from tanhui.support.security.keys.services import blind_index, open_owner, seal, unseal
from tanhui.support.security.keys.types import NewKey

CHECKS_A_DAY = 5
LONGEST_NAME = 60


def person_of_phone(phone: str) -> int | None:
    """Whose phone (E.164) that is, or None."""
    return Identity.objects.filter(phone_index=blind_index(PHONE, phone)).values_list("person_id", flat=True).first()


def next_person() -> int:
    """A number that no person has or will have but the one who is registered with it next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('participants_person', 'id'))")
        (number,) = cursor.fetchone()
    return int(number)


def register_phone(person: int, phone: str, *, key: NewKey, now: datetime) -> bool:
    """Whether that number becomes the person of this phone; when the phone has an account already, nothing is done.

    The transaction is the caller's, who then opens the carbon account.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO participants_person (id, created_at) VALUES (%s, %s)", [person, now])
            open_owner(person, now=now, key=key)
            Identity.objects.create(
                person_id=person, phone=seal(person, PHONE, phone), phone_index=blind_index(PHONE, phone)
            )
    except IntegrityError:
        return False
    return True


def change_phone(person: int, phone: str) -> None:
    """The account is signed in to by another phone from now on. Raises `Refusal` `phone_taken`."""
    try:
        with transaction.atomic():
            Identity.objects.filter(person_id=person).update(
                phone=seal(person, PHONE, phone), phone_index=blind_index(PHONE, phone)
            )
    except IntegrityError as problem:
        raise refused("phone_taken") from problem


def check_claim(
    person: int, *, real_name: str, number: str, today: date, now: datetime, again: bool = False
) -> tuple[str, str]:
    """The name and number in their one written form, when it makes sense to ask the identity provider about them.

    `again`: of an account that is verified, to correct it. Raises `Refusal`: `not_registered`, `identity_verified`,
    `real_name_invalid`, `id_number_invalid`, `guardian_needed`, `identity_taken`, `identity_tries`.
    """
    identity = Identity.objects.filter(person_id=person).first()
    if identity is None:
        raise refused("not_registered", p=person)
    if identity.verified_at is not None and not again:
        raise refused("identity_verified")
    name = real_name.strip()
    if not 2 <= len(name) <= LONGEST_NAME or not all(letter.isalpha() or letter in "·•. -'" for letter in name):
        raise refused("real_name_invalid")
    number = id_number(number, today=today)
    if child(number, today=today) and not Guardianship.objects.filter(ward_id=person).exists():
        raise refused("guardian_needed")
    taken = Identity.objects.filter(id_index=blind_index(ID_NUMBER, number)).exclude(person_id=person)
    if taken.exists():
        raise refused("identity_taken")
    asked = Verification.objects.filter(person_id=person, at__gt=now - timedelta(days=1))
    if asked.exclude(outcome="unavailable").count() >= CHECKS_A_DAY:
        raise refused("identity_tries")
    return name, number


def note_check(person: int, checked: Checked, *, now: datetime) -> None:
    """Keeps that the provider was asked, and how it answered: neither name nor number."""
    Verification.objects.create(person_id=person, at=now, outcome=checked.outcome, request_id=checked.request_id[:64])


def verify_identity(person: int, *, real_name: str, number: str, now: datetime) -> None:
    """Ties the account to the identity that the provider has confirmed. Raises `Refusal` `identity_taken`."""
    try:
        with transaction.atomic():
            Identity.objects.filter(person_id=person).update(
                real_name=seal(person, REAL_NAME, real_name), id_number=seal(person, ID_NUMBER, number),
                id_index=blind_index(ID_NUMBER, number), verified_at=now,
            )  # fmt: skip
    except IntegrityError as problem:
        raise refused("identity_taken") from problem


def is_verified(person: int) -> bool:
    """Whether the account is tied to a verified identity."""
    return Identity.objects.filter(person_id=person, verified_at__isnull=False).exists()


def is_adult(person: int, *, today: date) -> bool:
    """Whether the person is verified and of age."""
    sealed = Identity.objects.filter(person_id=person).values_list("id_number", flat=True).first()
    return sealed is not None and age(unseal(person, ID_NUMBER, bytes(sealed)), today=today) >= ADULT_AGE
