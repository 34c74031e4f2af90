"""What is sealed by another suite sealed anew by the installation's, after a switch, column by column and batch by batch.

Broken off, it goes on where blobs of another suite are left. A blob is replaced only where it is still what was read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tanhui.support.security.keys.installation import installation
from tanhui.support.security.keys.services import seal_many, unseal_many
from tanhui.support.security.keys.types import PLATFORM, SealedColumn


@dataclass(frozen=True, slots=True)
class OldBlob:
    """A blob of another suite, by the row's key."""

    row: Any
    owner: int
    blob: bytes


def old_blobs(column: SealedColumn, *, after: Any = None, limit: int) -> list[OldBlob]:
    """So many blobs of another suite in rows after that one, in the order of the rows' keys."""
    name = connection.ops.quote_name
    key, held = name(column.key), name(column.column)
    beyond = "" if after is None else f"AND {key} > %s "
    owner = str(PLATFORM) if column.owner is None else name(column.owner)
    statement = (
        f"SELECT {key}, {owner}, {held} FROM {name(column.table)} "
        f"WHERE length({held}) > 1 AND get_byte({held}, 1) <> %s {beyond}ORDER BY {key} LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [installation().suite.number, *([] if after is None else [after]), limit])
        return [OldBlob(row, owner, bytes(blob)) for row, owner, blob in cursor.fetchall()]


def reseal_blobs(column: SealedColumn, blobs: Sequence[OldBlob]) -> list[tuple[OldBlob, bytes]]:
    """Each blob with its new form; those of shredded persons stay as they are. May ask the provider.

    Raises `Tampered` when one is not what was sealed there.
    """
    texts = unseal_many([(old.owner, column.field, old.blob) for old in blobs])
    standing = [(old, text) for old, text in zip(blobs, texts, strict=True) if text is not None]
    new = seal_many([(old.owner, column.field, text) for old, text in standing])
    return [(old, blob) for (old, _), blob in zip(standing, new, strict=True)]


def store_resealed(column: SealedColumn, blobs: Sequence[tuple[OldBlob, bytes]]) -> int:
    """Stores the new forms where the old ones still stand: how many. Part of the caller's transaction."""
    name = connection.ops.quote_name
    held = name(column.column)
    statement = f"UPDATE {name(column.table)} SET {held} = %s WHERE {name(column.key)} = %s AND {held} = %s"
    stored = 0
    with connection.cursor() as cursor:
        for old, blob in blobs:
            cursor.execute(statement, [blob, old.row, old.blob])
            stored += cursor.rowcount
    return stored
