"""Runs of feeds and the rows they could not accept, kept with their reason until they are corrected and sent again."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from django.db import connection
from numpy.typing import NDArray

from tanhui.core.text import Text
from tanhui.steps.collect.models import FeedRun, QuarantinedRow
from tanhui.steps.collect.verdicts import Reason
from tanhui.support.columns.cursor import column_cursor

CHUNK = 5_000
LONGEST = 500
NUL = "␀"
"""Stands for the character 0, which PostgreSQL cannot hold."""
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # its escape in JSON, after an even number of backslashes
NOT_KEPT = frozenset({"no_consent", "account_closing", "not_live", "not_agreed"})
"""Reasons for which nobody may keep what the row said: no consent of the person, or no agreement with the partner, covers it."""
UNKEPT = Text("内容未保留：没有用户的授权。", "Its content is not kept: nobody has consented to that.")
"""What is said instead of a reason that might tell of the row."""
_KEEP = """
    INSERT INTO collect_quarantined_row (partner_id, run_id, mapping, created_at, key, row, outcome, reason, field,
                                         detail_zh, detail_en, raw, state, record_key)
    SELECT %s, %s, %s, %s, kept.* FROM json_to_recordset(%s::json) AS kept(
        key uuid, row bigint, outcome text, reason text, field text, detail_zh text, detail_en text, raw text, state text,
        record_key uuid)
    ON CONFLICT (key) DO NOTHING
"""
_SETTLE = """
    UPDATE collect_quarantined_row SET state = 'resubmitted', state_at = %s WHERE state = 'open' AND record_key = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row to be kept: where it stood, how it ended and why, its cells as JSON, and of an event the key of its record."""

    row: int
    outcome: str
    reason: Reason
    raw: str
    state: str = "open"
    record_key: bytes | None = None


def without_content(row: int, outcome: str, reason: Reason, record_hash: UUID | None) -> Kept:
    """A row of which only the reason is kept, and the keyed hash of its record id (if it has one): the partner may ask for it."""
    return Kept(row, outcome, reason, msgspec.json.encode({"record_hash": record_hash}).decode(), state="dismissed")


def begin_run(*, partner_id: int, file_name: str, file_digest: str, mapping: str, namespace: str, now: datetime) -> int:
    """The number of a new run of a feed."""
    run = FeedRun.objects.create(
        partner_id=partner_id,
        file_name=file_name.encode("utf-8", "replace").decode(),
        file_digest=file_digest,
        mapping=mapping,
        namespace=namespace,
        started_at=now,
    )
    return int(run.pk)


def finish_run(run_id: int, *, counts: dict[str, Any], now: datetime) -> None:
    """Notes how the rows of a run ended."""
    FeedRun.objects.filter(pk=run_id).update(counts=counts, finished_at=now)


def quarantine(
    rows: Sequence[Kept], *, partner_id: int, run_id: int, mapping: str, now: datetime, origin: str = ""
) -> None:
    """Keeps these rows. One that is kept already, with the same content, reason and origin, is not kept twice.

    `origin` names the rows that were sent again, when they were; what is refused once more is a row of its own.
    """
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        told = [
            {
                "key": _key(partner_id, mapping, origin, row), "row": row.row, "outcome": row.outcome, "reason": row.reason.code,
                "field": row.reason.field, "detail_zh": _storable(row.reason.text.zh),
                "detail_en": _storable(row.reason.text.en), "raw": msgspec.Raw(_NUL.sub(rf"\1{NUL}", row.raw).encode()),
                "state": row.state,
                "record_key": None if row.record_key is None else row.record_key.hex(),
            }
            for row in chunk
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [partner_id, run_id, mapping, now, msgspec.json.encode(told).decode()])


def settle_quarantined(numbers: Iterable[int], *, state: str, now: datetime) -> None:
    """Marks kept rows as `resubmitted` or `dismissed`."""
    QuarantinedRow.objects.filter(pk__in=list(numbers)).update(state=state, state_at=now)


def settle_records(keys: NDArray[np.void], *, now: datetime) -> None:
    """Marks what was kept of these records, which are accepted now, as `resubmitted`."""
    if len(keys):
        with column_cursor() as cursor:
            cursor.execute(_SETTLE, [now, keys])


def _storable(sentence: str) -> str:
    return sentence[:LONGEST].replace("\0", NUL)


def _key(partner_id: int, mapping: str, origin: str, row: Kept) -> UUID:
    content = f"{partner_id}\0{mapping}\0{origin}\0{row.row}\0{row.outcome}\0{row.reason.code}\0{row.raw}"
    return UUID(bytes=blake2b(content.encode(), digest_size=16).digest())
