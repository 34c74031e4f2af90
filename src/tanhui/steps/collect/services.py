"""Runs of feeds and the rows they could not accept, kept with their reason until they are corrected and sent again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from tanhui.steps.collect.models import FeedRun, QuarantinedRow
from tanhui.steps.collect.verdicts import Reason

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A row to be kept: where it stood, how it ended and why, and what it said."""

    row: int
    outcome: str
    reason: Reason
    raw: dict[str, Any]


def begin_run(*, partner_id: int, file_name: str, file_digest: str, mapping: str, now: datetime) -> int:
    """The number of a new run of a feed."""
    run = FeedRun.objects.create(
        partner_id=partner_id, file_name=file_name, file_digest=file_digest, mapping=mapping, started_at=now
    )
    return int(run.pk)


def finish_run(run_id: int, *, counts: dict[str, Any], now: datetime) -> None:
    """Notes how the rows of a run ended."""
    FeedRun.objects.filter(pk=run_id).update(counts=counts, finished_at=now)


def quarantine(rows: Iterable[Kept], *, partner_id: int, run_id: int, mapping: str, now: datetime) -> None:
    """Keeps these rows. One that is kept already, with the same content and reason, is not kept twice."""
    kept = [
        QuarantinedRow(
            key=_key(partner_id, mapping, row), partner_id=partner_id, run_id=run_id, mapping=mapping, row=row.row,
            outcome=row.outcome, reason=row.reason.code, field=row.reason.field, detail_zh=row.reason.text.zh[:500],
            detail_en=row.reason.text.en[:500], raw=row.raw, created_at=now,
        )
        for row in rows
    ]  # fmt: skip
    QuarantinedRow.objects.bulk_create(kept, batch_size=CHUNK, ignore_conflicts=True)


def settle_quarantined(numbers: Iterable[int], *, state: str, now: datetime) -> None:
    """Marks kept rows as `resubmitted` or `dismissed`."""
    QuarantinedRow.objects.filter(pk__in=list(numbers)).update(state=state, state_at=now)


def _key(partner_id: int, mapping: str, row: Kept) -> UUID:
    content = repr((partner_id, mapping, row.row, row.outcome, row.reason.code, sorted(row.raw.items(), key=str)))
    return UUID(bytes=blake2b(content.encode(), digest_size=16).digest())
