"""Which key is meant, whose it is, and what it opens."""

from datetime import date
from typing import Any, cast

from tanhui.participants.credentials.models import KeptAnswer, Key, Limit, Sandbox
from tanhui.participants.credentials.types import Kind, Limits, StoredKey
from tanhui.participants.organizations.selectors import terms_of_partners


def stored_key(code: str, *, on: date | None = None) -> StoredKey | None:
    """The key of that code, whether it opens anything still or not, with its partner's terms of that day; None when there is none."""
    return next(iter(_keys(on, code=code)), None)


def stored_keys(partner_id: int | None = None) -> list[StoredKey]:
    """The keys of a partner, or all, in the order in which they were issued."""
    return _keys(None, **({} if partner_id is None else {"partner_id": partner_id}))


def sandbox_generation(partner_id: int) -> int:
    """The number of the partner's present sandbox."""
    return Sandbox.objects.filter(pk=partner_id).values_list("generation", flat=True).first() or 1


def kept_answer(*, partner_id: int, key: str) -> tuple[bytes, dict[str, Any]] | None:
    """What was answered under this key, and the hash of the request; None when nothing was."""
    row = KeptAnswer.objects.filter(partner_id=partner_id, key=key).values_list("request", "answer").first()
    return None if row is None else (bytes(row[0]), row[1])


def _keys(on: date | None, **conditions: Any) -> list[StoredKey]:
    keys = list(Key.objects.filter(**conditions).select_related("partner").order_by("id"))
    limits = {
        row.pk: Limits(row.requests_per_minute, row.records_per_minute)
        for row in Limit.objects.filter(pk__in={key.partner_id for key in keys})
    }
    terms = terms_of_partners({key.partner_id for key in keys}, on=on)
    return [
        StoredKey(
            key.pk, key.code, cast("Kind", key.kind), key.live, key.name, None if key.secret_hash is None else bytes(key.secret_hash),
            None if key.public_key is None else bytes(key.public_key), key.issued_at, key.ends_at,
            terms[key.partner_id],
            key.partner.name, limits.get(key.partner_id, Limits()),
        )
        for key in keys
    ]  # fmt: skip
