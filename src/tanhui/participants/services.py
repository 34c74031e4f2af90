"""Partners admitted, and persons known by the keyed hash of their id with a partner."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import blake2b
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.participants.models import Partner, PersonKey, PersonLink
from tanhui.participants.selectors import partner_terms
from tanhui.participants.types import PartnerTerms

FILE_AGREEMENT_FROM = date(2000, 1, 1)


def admit_file_partner(code: str, *, now: datetime) -> PartnerTerms:
    """The partner of that code; one unknown so far is admitted as a file partner, with an open agreement.

    Raises `Refusal` when the code is none: letters, digits, dots, dashes and underscores, 40 at the most.
    """
    if not re.fullmatch(r"[\w.-]{1,40}", code):
        text = Text(
            "合作方代码“{c}”无效；可用字母、数字、点、横线和下划线，最多 40 个。",
            "“{c}” is no code for a partner; use letters, digits, dots, dashes and underscores, 40 at the most.",
        )
        raise Refusal("partner_code", text.format(c=code), field="partner")
    Partner.objects.get_or_create(
        code=code, defaults={"name": code, "kind": "file", "agreement_from": FILE_AGREEMENT_FROM, "created_at": now}
    )
    terms = partner_terms(code)
    assert terms is not None
    return terms


def subject_hash(*, secret: bytes, namespace: str, subject: str) -> UUID:
    """The keyed hash under which a partner's user id is kept: without the key nobody gets from it back to the id."""
    return UUID(bytes=blake2b(f"{namespace}\0{subject}".encode(), key=secret[:64], digest_size=16).digest())


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


def resolve_persons(
    subjects: Sequence[str], *, namespace: str, secret: bytes, now: datetime
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The person of each subject, and the persons that are new, of shape (subjects,) and (new,).

    A subject not seen before becomes a new person. Subjects must be different.
    """
    hashes = [subject_hash(secret=secret, namespace=namespace, subject=subject) for subject in subjects]
    known = dict(PersonLink.objects.filter(subject__in=hashes).values_list("subject", "person_id"))
    unknown = [found for found in hashes if found not in known]
    if unknown:
        known.update(_new_persons(unknown, namespace=namespace, now=now))
    new = np.array(sorted(known[found] for found in unknown), dtype=np.int64)
    return np.array([known[found] for found in hashes], dtype=np.int64), new


def _new_persons(subjects: list[UUID], *, namespace: str, now: datetime) -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO participants_person (created_at) SELECT %s FROM generate_series(1, %s) RETURNING id",
            [now, len(subjects)],
        )
        persons = [int(row[0]) for row in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO participants_person_link (subject, person_id, namespace, created_at) "
            "SELECT subject, person_id, %s, %s FROM unnest(%s::uuid[], %s::bigint[]) AS new(subject, person_id)",
            [namespace, now, subjects, persons],
        )
    return dict(zip(subjects, persons, strict=True))
