"""Reading the trail."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from tanhui.support.security.audit.models import AuditEvent, AuditSeal
from tanhui.support.security.audit.types import Event, EventFilter, SealFault, TrailVerified

_COLUMNS = (
    "id",
    "at",
    "transaction",
    "table",
    "operation",
    "row_key",
    "before",
    "after",
    "actor",
    "reason",
    "request",
    "login",
)
_SEALS = """
    SELECT s.number, s.events, s.previous, s.digest, s.newest_at < clock_timestamp() - interval '6 months' AS may_be_pruned,
           found.events, found.digest
    FROM (SELECT *, coalesce(lag(until_id) OVER (ORDER BY number), 0) AS after_id FROM audit_seal) AS s,
         audit_digest(s.after_id, s.until_id, s.previous) AS found
    ORDER BY s.number
"""


def events(which: EventFilter, *, limit: int | None = None, before_id: int | None = None) -> list[Event]:
    """The events meant, the newest first; `before_id` goes on after the last one seen."""
    rows = _meant(which)
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return [Event(*row) for row in rows.order_by("-id").values_list(*_COLUMNS)[:limit]]


def count_events(which: EventFilter) -> int:
    """How many events are meant."""
    return _meant(which).count()


def verify_trail() -> TrailVerified:
    """The seals computed again from the events; a seal whose events were pruned in time is believed for the next one's sake."""
    with connection.cursor() as cursor:
        cursor.execute(_SEALS)
        rows = cursor.fetchall()
    faults: list[SealFault] = []
    previous, pruned, pruning = b"", 0, True
    for number, sealed, claimed_previous, digest, may_be_pruned, found, recomputed in rows:
        if bytes(claimed_previous) != previous:
            faults.append(SealFault(number, "chain_broken"))
        pruning = pruning and found == 0
        if pruning:
            pruned += sealed
            if not may_be_pruned:
                faults.append(SealFault(number, "pruned_too_early"))
        elif (found, bytes(recomputed)) != (sealed, bytes(digest)):
            faults.append(SealFault(number, "altered"))
        previous = bytes(digest)
    last = AuditSeal.objects.order_by("-number").values_list("until_id", flat=True).first() or 0
    unsealed = AuditEvent.objects.filter(id__gt=last).count()
    return TrailVerified(
        len(rows), sum(row[1] for row in rows) - pruned, pruned, unsealed, previous.hex(), tuple(faults)
    )  # fmt: skip


def oldest_event_at() -> datetime | None:
    """When the oldest event still kept was written."""
    return AuditEvent.objects.order_by("id").values_list("at", flat=True).first()


def _meant(which: EventFilter) -> QuerySet[AuditEvent]:
    named: dict[str, Any] = {
        "actor": which.actor, "table": which.table, "row_key": which.row, "at__gte": which.since, "at__lt": which.until,
    }  # fmt: skip
    rows = AuditEvent.objects.filter(**{name: value for name, value in named.items() if value is not None})
    if which.text is not None:
        rows = rows.annotate(was=Cast("before", TextField()), became=Cast("after", TextField()))
        rows = rows.filter(
            Q(was__icontains=which.text) | Q(became__icontains=which.text) | Q(reason__icontains=which.text)
            | Q(request__icontains=which.text) | Q(actor__icontains=which.text) | Q(row_key__icontains=which.text)
        )  # fmt: skip
    return rows
