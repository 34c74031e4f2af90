"""Reading what could not be accepted."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count

from tanhui.steps.collect.models import FeedRun, QuarantinedRow

_SHOWN = (
    "id", "partner_id", "mapping", "row", "outcome", "reason", "field", "detail_zh", "detail_en", "raw", "state", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuarantineFilter:
    """Which kept rows are meant; None means any."""

    partner_id: int | None = None
    mapping: str | None = None
    reason: str | None = None
    state: str | None = "open"


def quarantined(which: QuarantineFilter, *, limit: int | None = None) -> list[dict[str, Any]]:
    """The kept rows meant, in the order they came."""
    rows = QuarantinedRow.objects.filter(**_conditions(which)).order_by("id")
    return [{**row, "raw": json.loads(row["raw"])} for row in rows.values(*_SHOWN)[:limit]]


def quarantine_counts(which: QuarantineFilter) -> dict[str, int]:
    """How many kept rows are meant, by reason."""
    rows = QuarantinedRow.objects.filter(**_conditions(which)).values("reason").annotate(many=Count("id"))
    return {row["reason"]: row["many"] for row in rows.order_by("-many", "reason")}


def quarantined_of(numbers: list[int]) -> dict[int, tuple[int, str, str]]:
    """The partner, mapping and space of user ids of these kept rows that are still open."""
    rows = list(
        QuarantinedRow.objects.filter(pk__in=numbers, state="open").values_list("id", "partner_id", "mapping", "run_id")
    )
    spaces = dict(FeedRun.objects.filter(pk__in={run for *_, run in rows}).values_list("id", "namespace"))
    return {number: (partner_id, mapping, spaces[run] or mapping) for number, partner_id, mapping, run in rows}


def kept_of_record(key: UUID) -> dict[str, Any] | None:
    """The latest event of that record which was not accepted and is open still, or None."""
    rows = QuarantinedRow.objects.filter(record_key=key, state="open").order_by("-id")
    row = rows.values("outcome", "reason", "field", "detail_zh", "detail_en", "created_at").first()
    return None if row is None else {**row}


def _conditions(which: QuarantineFilter) -> dict[str, Any]:
    named = {"partner_id": which.partner_id, "mapping": which.mapping, "reason": which.reason, "state": which.state}
    return {name: value for name, value in named.items() if value is not None}


def kept_months(mapping: str, *, namespace: str) -> dict[str, dict[date, int]]:
    """The complete months that could not be booked for want of a baseline, by household: first day → whole steps."""
    runs = FeedRun.objects.filter(mapping=mapping, namespace=namespace)
    rows = QuarantinedRow.objects.filter(run_id__in=runs.values("id"), reason="no_baseline_yet").order_by("id")
    months: dict[str, dict[date, int]] = defaultdict(dict)
    for raw in rows.values_list("raw", flat=True):
        kept = json.loads(raw)
        if "steps" in kept:
            months[kept["subject"]][date.fromisoformat(kept["month"] + "-01")] = kept["steps"]
    return months
