"""What is masked, shown to somebody of the staff who says why; that they looked is kept before they see it (8.4)."""

from datetime import datetime
from functools import partial

from tanhui.flows.attempts import in_transaction
from tanhui.participants.persons.reveals import note_reveal, revealed


def reveal(person: int, *, field: str, actor: str, reason: str, now: datetime) -> str | None:
    """What stands in `phone`, `real_name` or `id_number`, or None when nothing does.

    Raises `Refusal`: `reason_missing`, `field_unknown`, `not_registered`, `shredded`.
    """
    in_transaction(partial(note_reveal, person, field=field, actor=actor, reason=reason, now=now))
    return revealed(person, field)
