"""Looking at what is masked (8.4): with a reason, kept before anything is shown."""

from datetime import datetime

from tanhui.participants.persons.models import Identity, Reveal
from tanhui.participants.persons.sealed import ID_NUMBER, PHONE, REAL_NAME
from tanhui.participants.persons.types import refused
from tanhui.support.security.keys.services import unseal

FIELDS = {"phone": PHONE, "real_name": REAL_NAME, "id_number": ID_NUMBER}


def note_reveal(person: int, *, field: str, actor: str, reason: str, now: datetime) -> None:
    """Keeps who looks at which field of whom, and why; to be committed before it is shown.

    Raises `Refusal`: `reason_missing`, `field_unknown`, `not_registered`.
    """
    if not reason.strip():
        raise refused("reason_missing")
    if field not in FIELDS:
        raise refused("field_unknown", c=field)
    if not Identity.objects.filter(person_id=person).exists():
        raise refused("not_registered", p=person)
    Reveal.objects.create(person_id=person, field=FIELDS[field], actor=actor, reason=reason, at=now)


def revealed(person: int, field: str) -> str | None:
    """What stands there in clear, or None when nothing does. Raises `Shredded` when the account was closed meanwhile."""
    sealed = Identity.objects.filter(person_id=person).values_list(field, flat=True).first()
    return None if sealed is None else unseal(person, FIELDS[field], bytes(sealed))
