"""A switch of the cipher suite completed: every blob of the other suite sealed anew, and the keys wrapped by the new one.

Which columns are sealed, the register of personal data says. Each batch is one transaction; broken off, it goes on where
blobs of the other suite are left. Blind indexes stay under the suite that they began with.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from tanhui.flows.rotate_keys import KeysRotated, rotate_keys
from tanhui.support.security.keys.resealing import old_blobs, reseal_blobs, store_resealed
from tanhui.support.security.keys.types import SealedColumn
from tanhui.support.security.personal_data.sealed import sealed_columns

BATCH = 500


@dataclass(frozen=True, slots=True)
class FieldsResealed:
    """How many blobs of each column were sealed anew, by `table.column`, and how the keys were wrapped after that."""

    resealed: dict[str, int]
    keys: KeysRotated


def reseal_fields(*, told: Callable[[str, int], None] = lambda _field, _many: None) -> FieldsResealed:
    """Seals anew what the other suite sealed. `told` hears how many of a column so far.

    Raises `Tampered` for a blob that is not what was sealed there, and `Refusal` as the provider.
    """
    resealed = {column.field: _reseal(column, told) for column in sealed_columns()}
    return FieldsResealed(resealed, rotate_keys(new_version=True))


def _reseal(column: SealedColumn, told: Callable[[str, int], None]) -> int:
    stored, after = 0, None
    while old := old_blobs(column, after=after, limit=BATCH):
        new = reseal_blobs(column, old)
        with transaction.atomic():
            stored += store_resealed(column, new)
        after = old[-1].row
        told(column.field, stored)
    return stored
