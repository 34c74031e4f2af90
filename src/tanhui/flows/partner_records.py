"""What a partner may know of, and do to, a record that it sent: how it ended, how it stands, put right or taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.core.regions import region_of_number
from tanhui.core.text import Text
from tanhui.flows.correct_activity import correct_activity
from tanhui.participants.credentials.selectors import kept_answer
from tanhui.participants.credentials.services import keep_answer
from tanhui.steps.account.selectors import record
from tanhui.steps.collect.identity import record_key
from tanhui.steps.collect.selectors import kept_of_record
from tanhui.support.ledger.types import REVERSAL

MOST_CORRECTIONS = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """What a partner asks for: other figures (`fields`, in their units), or None: the record is withdrawn."""

    record_id: str
    reason: str
    fields: Mapping[str, Fraction] | None

    @property
    def digest(self) -> bytes:
        """A hash of it: what its idempotency key is bound to."""
        fields = None if self.fields is None else {name: str(value) for name, value in sorted(self.fields.items())}
        return sha256(msgspec.json.encode([self.record_id, self.reason.strip(), fields])).digest()


def look_up(record_id: str, *, partner_id: int) -> Json | None:
    """How the record of that id stands: as it is booked now, or why it was not accepted the last time; None: not known."""
    key = record_key(record_id, partner_id=partner_id)
    versions = _versions(key)
    kept = kept_of_record(key)
    last = None if not kept else {
        "status": kept["outcome"], "at": kept["created_at"].isoformat(),
        "reason": {"code": kept["reason"], "field": kept["field"], "zh": kept["detail_zh"], "en": kept["detail_en"]},
    }  # fmt: skip
    if not versions:
        return None if last is None else {"id": record_id, "status": "refused", "last_refusal": last}
    now = versions[-1]
    status = "withdrawn" if now["kind"] == REVERSAL else "corrected" if len(versions) > 1 else "accepted"
    standing = {"reduction_mg": 0, "credited_mg": 0, "points_milli": 0, "capped": False} if status == "withdrawn" else {
        "reduction_mg": now["reduction_mg"], "credited_mg": now["credited_mg"], "points_milli": now["points_milli"],
        "capped": now["capped_by"] > 0,
    }  # fmt: skip
    first = versions[0]
    found = {
        "id": record_id, "status": status, "key": str(key), "behavior": first["behavior"], "region": region_of_number(first["region"]),
        "occurred_at": first["occurred_at"].isoformat(), "booked_at": first["booked_at"].isoformat(), **standing,
    }  # fmt: skip
    return found if last is None else found | {"last_refusal": last}


def change_record(
    change: Change, *, partner_id: int, partner: str, idempotency_key: str, now: datetime
) -> tuple[Json, bool]:
    """The record corrected or withdrawn, as `look_up` tells it with what changed; and whether that had been done before.

    The same idempotency key gives the same answer, whatever has become of the record since. Raises `Refusal`:
    `key_reused`, `record_unknown`, `already_withdrawn`, and what `correct_activity` does.
    """
    before = _answered(change, partner_id, idempotency_key)
    if before is not None:
        return before, True
    with transaction.atomic():
        key = record_key(change.record_id, partner_id=partner_id)
        versions = _versions(key)
        if not versions:
            text = Text("没有已入账的记录“{i}”。", "No record “{i}” is booked.").format(i=change.record_id)
            raise Refusal("record_unknown", text, field="id")
        if versions[-1]["kind"] == REVERSAL:
            text = Text("记录“{i}”已撤销。", "The record “{i}” was withdrawn.").format(i=change.record_id)
            raise Refusal("already_withdrawn", text, field="id")
        done = correct_activity(
            versions[-1]["key"], reason=change.reason, actor=f"partner {partner}", replace=change.fields, now=now
        )
        answer: Json = {
            "id": change.record_id, "status": "withdrawn" if done.replacement is None else "corrected", "key": str(key),
            **{
                name: {"before": before_, "after": after}
                for name, (before_, after) in (
                    ("reduction_mg", done.reduction_mg), ("credited_mg", done.credited_mg), ("points_milli", done.points_milli),
                )
            },
        }  # fmt: skip
        keep_answer(partner_id=partner_id, key=idempotency_key, request=change.digest, answer=answer, now=now)
    return answer, False


def _answered(change: Change, partner_id: int, key: str) -> Json | None:
    found = kept_answer(partner_id=partner_id, key=key)
    if found is None:
        return None
    if found[0] != change.digest:
        text = Text("幂等键“{k}”已用于其他请求。", "The idempotency key “{k}” was used for another request.")
        raise Refusal("key_reused", text.format(k=key), field="idempotency-key")
    return found[1]


def _versions(key: UUID) -> list[dict[str, Any]]:
    """The record and what replaced it, one after another; at the end its reversal, when nothing did."""
    versions: list[dict[str, Any]] = []
    following: UUID | None = key
    while following is not None and len(versions) < MOST_CORRECTIONS:
        row = record(following)
        if row is None:
            break
        versions.append(row)
        following = None if row["kind"] == REVERSAL else row["replaced_by"] or row["reversal"]
    return versions
