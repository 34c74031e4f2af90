"""A record corrected or withdrawn: its exact negative is booked, its points are clawed back, and what is right is booked anew.

account (take back) → quantify (the record's own coefficient) → account (caps) → points (the record's own rule) → ledger.
The balances are then as if the record had never been booked, or had been booked right; nothing booked was edited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np

from tanhui.core.conversion import ConversionRule
from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.attempts import in_transaction
from tanhui.participants.organizations.selectors import partner_codes
from tanhui.steps.account.corrections import Figures, begin_correction, book_replacement, moment, take_back_record
from tanhui.steps.account.ledger import hold_households, read_state
from tanhui.steps.account.services import CAPPED_BY_POINTS, Holders, credit_under_caps, local_day
from tanhui.steps.collect.columns import DAY, ZONE
from tanhui.steps.collect.corrections import corrected_steps, correction_hash
from tanhui.steps.collect.identity import derived_key
from tanhui.steps.points.claw_back import claw_back
from tanhui.steps.points.rules import stored_rules
from tanhui.steps.points.services import award_points
from tanhui.steps.quantify.services import requantify
from tanhui.steps.quantify.stored import stored_caps, stored_coefficient, stored_max_speed
from tanhui.support.ledger.selectors import balance, posting
from tanhui.support.ledger.types import CLOSING, REVERSAL, OperationConflict

Posting = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Corrected:
    """How a record was corrected: what was booked for it, and how the person's account stands now.

    `repeated` says that the same correction had been made before, and that nothing was done now.
    """

    record: UUID
    reversal: UUID
    replacement: UUID | None
    person_id: int
    reduction_mg: tuple[int, int]
    """Before and after; what was withdrawn is 0 after."""
    credited_mg: tuple[int, int]
    points_milli: tuple[int, int]
    available_milli: int
    blocked: bool
    repeated: bool


def correct_activity(
    key: UUID,
    *,
    reason: str,
    actor: str,
    replace: Mapping[str, Fraction] | None,
    now: datetime,
) -> Corrected:
    """Withdraws the record (`replace` is None) or books it anew with these fields, in their units; the others stay.

    The replacement is priced by the record's own coefficient and conversion rule, under the caps of its methodology as if it
    came last, and its points expire when the record's would have. What others of the person's records were cut by a cap that
    the record filled is not credited afterwards. A replacement can be corrected in its turn. The same correction again gives
    the same answer. Raises `Refusal`: `record_unknown`, `already_corrected`, `not_correctable` (a reversal),
    `nothing_to_correct`, `field_unknown`, `out_of_bounds`, `too_fast`, `reason_missing`,
    `account_closing`.
    """
    if not reason.strip():
        raise Refusal("reason_missing", Text("请说明更正的理由。", "Give a reason for the correction."), field="reason")
    return in_transaction(partial(book_correction, key, reason=reason, actor=actor, replace=replace, now=now))


def hold_record(key: UUID) -> Posting | None:
    """The record, or None; its household and its person's account are held until the transaction ends."""
    original = posting(key)
    if original is None:
        return None
    hold_households(np.array([original["household"]], dtype=np.int64))
    read_state(np.array([original["person_id"]], dtype=np.int64), hold=True)
    return posting(key)


def quantities_of(record: Posting) -> tuple[int, int, int]:
    """Whole steps of its fields, in the order of its coefficient."""
    return record["quantity_1"], record["quantity_2"], record["quantity_3"]


def book_correction(
    key: UUID, *, reason: str, actor: str, replace: Mapping[str, Fraction] | None, now: datetime
) -> Corrected:
    """What `correct_activity` does, as part of the caller's transaction."""
    original = hold_record(key)
    if original is None:
        raise Refusal("record_unknown", Text("没有记录 {k}。", "There is no record {k}.").format(k=key))
    if original["kind"] == REVERSAL:
        raise Refusal(
            "not_correctable",
            Text("{k} 是一条冲正，不能更正。", "{k} is a reversal, which cannot be corrected.").format(k=key),
        )
    stored = stored_coefficient(original["coefficient_id"])
    before = quantities_of(original)
    after = None if replace is None else steps_after(original, replace)
    reversal = derived_key(key, "reversal")
    replacement = None if after is None else derived_key(key, "replacement")
    if not _begin(key, reversal, correction_hash(key, after, reason), reason, actor, now):
        return _answer(original, reversal, replacement, repeated=True)
    _refuse_no_change(before, after)
    state = read_state(np.array([original["person_id"]], dtype=np.int64), hold=True)
    _refuse_new_for_closing(int(state.accounts.standing[0]), replacement)
    batch_id = take_back_record(
        original, reversal=reversal, replacement=replacement, reason=reason, actor=actor, now=now
    )
    rule = dict(stored_rules()).get(original["rule_id"])
    if after is not None and replacement is not None:
        figures = _figures(original, stored, after, rule, int(state.accounts.ended_at[0]))
        book_replacement(original, figures, replacement=replacement, batch_id=batch_id)
    claw_back(
        operation=reversal, person_id=original["person_id"], amount_milli=original["points_milli"],
        lot=original["expires_on"], when_spent=rule.claw_back if rule else "negative",
    )  # fmt: skip
    return _answer(original, reversal, replacement, repeated=False)


def steps_after(original: Posting, replace: Mapping[str, Fraction]) -> tuple[int, int, int]:
    """The record's quantities with these fields in place of its own. Raises `Refusal` as `correct_activity` does."""
    return corrected_steps(
        stored_coefficient(original["coefficient_id"])["fields"], quantities_of(original), replace,
        duration_s=original["duration_s"], most_kmh=stored_max_speed(original["coefficient_id"]),
    )  # fmt: skip


def _begin(key: UUID, reversal: UUID, content: int, reason: str, actor: str, now: datetime) -> bool:
    try:
        return begin_correction(key=reversal, content=content, reason=reason, actor=actor, now=now)
    except OperationConflict as conflict:
        raise Refusal(
            "already_corrected",
            Text(
                "记录 {k} 已经更正或撤销；请更正替代它的记录。",
                "The record {k} was corrected or withdrawn already; correct what replaced it.",
            ).format(k=key),
        ) from conflict


def _refuse_no_change(before: tuple[int, int, int], after: tuple[int, int, int] | None) -> None:
    if before == after:
        raise Refusal(
            "nothing_to_correct",
            Text("更正后的数值与原记录相同。", "The corrected figures are those of the record."),
        )


def _refuse_new_for_closing(standing: int, replacement: UUID | None) -> None:
    if replacement is not None and standing >= CLOSING:
        raise Refusal(
            "account_closing",
            Text(
                "该账户正在注销或已注销，记录只能撤销，不能更正。",
                "The account is closing or closed: a record can be withdrawn, but not corrected.",
            ),
        )


def _figures(
    original: Posting, stored: Json, quantities: tuple[int, int, int], rule: ConversionRule | None, ended_at: int
) -> Figures:
    occurred_at = np.array([moment(original["occurred_at"])], dtype=np.int64)
    behaviors = np.array([original["behavior"]], dtype=np.int64)
    holders = Holders(
        np.array([original["person_id"]], dtype=np.int64),
        np.array([original["household"]], dtype=np.int64),
        np.array([ended_at], dtype=np.int64),
    )
    reduction_mg = requantify(stored, [np.array([steps], dtype=np.int64) for steps in quantities])
    caps = [(cap, np.array([True])) for cap in stored_caps(original["coefficient_id"])]
    credited_mg, capped_by = credit_under_caps(
        np.maximum(reduction_mg, 0), caps, np.array([0]), behavior=original["behavior"], occurred_at=occurred_at, holders=holders,
    )  # fmt: skip
    award = award_points(
        [] if rule is None else [(original["rule_id"], rule)], partner=partner_codes()[original["partner_id"]],
        credited_mg=credited_mg, behaviors=behaviors, evidence=np.array([original["evidence"]], dtype=np.int64),
        days=(occurred_at + ZONE) // DAY, occurred_at=occurred_at, holders=holders, booked=local_day(moment(original["booked_at"])),
    )  # fmt: skip
    cap = int(capped_by[0]) or (CAPPED_BY_POINTS if award.capped[0] else 0)
    return Figures(quantities, int(reduction_mg[0]), int(credited_mg[0]), int(award.points_milli[0]), cap)


def _answer(original: Posting, reversal: UUID, replacement: UUID | None, *, repeated: bool) -> Corrected:
    after = None if replacement is None else posting(replacement)
    account = balance(original["person_id"])
    assert account is not None
    reduction, credited, points = (
        (original[name], 0 if after is None else after[name])
        for name in ("reduction_mg", "credited_mg", "points_milli")
    )
    return Corrected(
        original["key"], reversal, replacement, original["person_id"], reduction, credited, points,
        account.available_milli, account.blocked, repeated,
    )  # fmt: skip
