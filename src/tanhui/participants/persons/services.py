"""Persons known by the keyed hash of their id with a partner."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.participants.persons.models import EndedLink, PersonKey
from tanhui.support.columns.cursor import column_cursor

Integers = NDArray[np.int64]
Hashes = NDArray[np.void]
UNKNOWN = 0


def subject_hash(*, secret: bytes, namespace: str, subject: str) -> UUID:
    """The keyed hash under which a partner's user id is kept: without the key nobody gets from it back to the id."""
    return UUID(bytes=subject_hashes([subject], namespace=namespace, secret=secret).tobytes())


def bind_person_key(secret: bytes) -> None:
    """Binds the database to the key at its first use. Raises `Refusal` when it is bound to another one."""
    fingerprint = blake2b(b"fingerprint", key=secret[:64], digest_size=16).hexdigest()
    bound, _ = PersonKey.objects.get_or_create(pk=1, defaults={"fingerprint": fingerprint})
    if bound.fingerprint != fingerprint:
        raise Refusal(
            "person_key_mismatch",
            Text(
                "用户标识密钥与数据库不匹配；请使用最初的 TANHUI_PERSON_KEY 或 person.key。",
                "The key for persons' ids is not this database's; use the original TANHUI_PERSON_KEY or person.key.",
            ),
        )


def household_number(*, secret: bytes, namespace: str, household: str) -> int:
    """The keyed hash of a household's number (a meter, a bill's account number); 0 for none."""
    if not household:
        return 0
    hashed = subject_hash(secret=secret, namespace=f"{namespace}/household", subject=household)
    return int.from_bytes(hashed.bytes[:8], "big", signed=True) or 1


def resolve_persons(subjects: Hashes, *, namespace: str, now: datetime) -> tuple[Integers, Integers]:
    """The person of each subject (by its hash), and the persons that are new, of shape (subjects,) and (new,).

    A subject not seen before becomes a new person. Raises `Crowded` when another writer took one of those in between.
    """
    hashes, places = np.unique(subjects, return_inverse=True)
    persons, _ = linked_persons(hashes)
    unknown = np.flatnonzero(persons == UNKNOWN)
    if len(unknown):
        persons[unknown] = _new_persons(hashes[unknown], namespace=namespace, now=now)
    return persons[places], persons[unknown]


def linked_persons(subjects: Hashes) -> tuple[Integers, str]:
    """The person of each subject, `UNKNOWN` for one not linked, of shape (subjects,); and the moment for `links_ended_since`."""
    hashes, places = np.unique(subjects, return_inverse=True)
    persons = np.full(len(hashes), UNKNOWN, dtype=np.int64)
    with column_cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(subject), array_agg(person_id), pg_current_snapshot()::text "
            "FROM participants_person_link WHERE subject = ANY(%s)",
            [hashes],
        )
        row = cursor.fetchone()
    assert row is not None
    found, linked, as_of = row
    if found is not None:
        _, asked, place = np.intersect1d(hashes, found, assume_unique=True, return_indices=True)
        persons[asked] = linked[place]
    return persons[places], as_of


def links_ended_since(as_of: str) -> Hashes:
    """The subjects whose link has ended and could still be seen at that moment, of shape (subjects,).

    Moments are the database's snapshots: a link that had ended by then, though its transaction had not, is told, too. So is one
    that this very transaction has ended, which no snapshot of its own would tell.
    """
    with column_cursor() as cursor:
        cursor.execute(
            """
            SELECT array_agg(subject) FROM persons_ended_link
            WHERE ended_in >= pg_snapshot_xmin(%(as_of)s::pg_snapshot)::text::bigint
              AND (NOT pg_visible_in_snapshot(ended_in::text::xid8, %(as_of)s::pg_snapshot)
                   OR ended_in = pg_current_xact_id_if_assigned()::text::bigint)
            """,
            {"as_of": as_of},
        )
        row = cursor.fetchone()
    assert row is not None
    return np.empty(0, dtype="V16") if row[0] is None else row[0]


def forget_ended_links(*, now: datetime) -> int:
    """Removes what is kept of links that ended so long ago that nobody works with what was looked up before; says how many."""
    removed, _ = EndedLink.objects.filter(ended_at__lt=now - timedelta(days=1)).delete()
    return removed


def subject_hashes(subjects: Iterable[str], *, namespace: str, secret: bytes) -> Hashes:
    """`subject_hash` of each of these, as 16-byte values of shape (subjects,)."""
    keyed = blake2b(f"{namespace}\0".encode(), key=secret[:64], digest_size=16)
    hashes = []
    for subject in subjects:
        hashed = keyed.copy()  # the key is taken in once
        hashed.update(subject.encode())
        hashes.append(hashed.digest())
    return np.frombuffer(b"".join(hashes), dtype="V16")


def _new_persons(hashes: Hashes, *, namespace: str, now: datetime) -> Integers:
    with column_cursor() as cursor:
        cursor.execute(
            """
            WITH person AS (
                INSERT INTO participants_person (created_at) SELECT %s FROM generate_series(1, %s) RETURNING id
            ) SELECT array_agg(id ORDER BY id) FROM person
            """,
            [now, len(hashes)],
        )
        row = cursor.fetchone()
        assert row is not None
        persons: Integers = row[0]
        cursor.execute(
            "INSERT INTO participants_person_link (subject, person_id, namespace, created_at) "
            "SELECT subject, person_id, %s, %s FROM unnest(%s, %s) AS new(subject, person_id)",
            [namespace, now, hashes, persons],
        )
    return persons
