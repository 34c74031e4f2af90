"""The books proved from themselves, as one moment saw them: no figure is believed that can be computed again.

Coefficients from their factors, reductions from quantities and coefficients, credits and points from reductions and caps,
expiries from rules, balances and lots from postings and transfers, reversals from their records, operations from what they
moved. Runs beside the daily work and writes nothing. What it cannot prove is told in `docs/explanation/audit.md`.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from tanhui.core.conversion import ConversionRule
from tanhui.core.text import Text
from tanhui.participants.organizations.selectors import partner_codes
from tanhui.participants.persons.selectors import misplaced_standings, unknown_persons
from tanhui.steps.account.proving import caps_kept, credits_follow
from tanhui.steps.collect.columns import DAY, ZONE
from tanhui.steps.points.operations_proving import wrong_operations
from tanhui.steps.points.proving import expiries_follow, points_caps_kept, points_follow
from tanhui.steps.points.rules import stored_rules
from tanhui.steps.quantify.proving import (
    Priced,
    altered,
    caps_of_coefficients,
    disagreement,
    priced,
    recompute_records,
    regions_reach,
    stored_coefficients,
    wrong_methodologies,
)
from tanhui.support.ledger.proving import MOST_FOUND, Fault, count_books, find_faults
from tanhui.support.ledger.streaming import booked_at, stream_postings
from tanhui.support.ledger.transfers import account_holders
from tanhui.support.ledger.types import REVERSAL, Columns

PERSONS_AT_ONCE = 50_000
COLUMNS = (
    "key", "occurred_at", "quantity_1", "quantity_2", "quantity_3", "reduction_mg", "credited_mg", "points_milli",
    "coefficient_id", "rule_id", "partner_id", "behavior", "evidence", "kind", "capped_by", "batch_id", "expires_on", "region",
)  # fmt: skip

CHECKS: dict[str, Text] = {
    "coefficients": Text("系数与其因子重新计算的结果不符", "a coefficient differs from what its factors make"),
    "coefficient_digests": Text("系数与其摘要不符", "a coefficient is not what its digest was made of"),
    "methodologies": Text("方法学原文与其摘要或登记不符", "a methodology's text differs from its digest or its entry"),
    "coefficient_held": Text("系数不存在，或当日不适用", "the coefficient is unknown or did not hold that day"),
    "regions": Text("系数不适用于该地区", "the coefficient is not of the record's region nor one it falls back to"),
    "reductions": Text("减排量与重新计算的结果不符", "a reduction differs from what its quantities make"),
    "credits": Text("入账减排量与减排量和上限不符", "a credit does not follow from the reduction and its cap"),
    "points": Text("积分与转换规则不符", "points do not follow from the credit by the rule"),
    "expiries": Text("积分到期日与转换规则不符", "points do not expire when their rule says"),
    "dates": Text("记录先于行为入账", "a record was booked before the act"),
    "caps_hold": Text("入账超过上限", "more is credited than a cap allows"),
    "cuts_have_their_cap": Text("上限未达到却被削减", "a record was cut by a cap that was not reached"),
    "persons": Text("账户没有对应的用户", "an account belongs to no person"),
    "standings": Text("账户的状态与用户的状态不符", "an account does not stand as its person's state says"),
    "accounts": Text("账户与其分录、流转之和不符", "an account differs from its postings and transfers"),
    "entries_balance": Text("借贷合计不为零", "debits and credits do not balance"),
    "postings_have_their_batch": Text("分录没有其合作方的批次", "a posting has no batch of its partner"),
    "watermarks": Text("账户最后行为的时间与分录不符", "when the last act of an account ended differs from its postings"),
    "reversals_are_exact": Text("冲正与原记录不是正负相等", "a reversal is not the exact negative of its record"),
    "reversals_have_their_record": Text("冲正或更正没有原记录", "a reversal or replacement belongs to no record"),
    "points_of_reversed_are_clawed_back": Text("被冲正记录的积分未如数收回", "a reversed record's points were not clawed back"),
    "holds_are_covered": Text("冻结支出超过冻结额", "a hold gave out more than it held"),
    "operations": Text("操作的内容与其流转或更正不符", "an operation's content differs from what it moved or corrected"),
    "transfers_have_their_operation": Text("流转没有对应种类的操作", "a transfer has no operation of its kind"),
}  # fmt: skip


@dataclass
class Audit:
    """What the books hold, and what is wrong in them. Of one check at most `MOST_FOUND` faults are named; all are counted."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Fault] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.found

    def add(self, fault: Fault) -> None:
        """Takes note of something wrong."""
        self.found[fault.check] += 1
        if self.found[fault.check] <= MOST_FOUND:
            self.problems.append(fault)


def audit_books() -> Audit:
    """Proves the books. Within a caller's transaction they are seen as that sees them, else as one moment left them."""
    audit = Audit()
    with _one_moment():
        audit.counts = count_books()
        coefficients = _prove_coefficients(audit)
        rules = dict(stored_rules())
        _prove_records(audit, coefficients, rules)
        for fault in chain(
            find_faults(seed=secrets.randbits(62)),
            caps_kept(caps_of_coefficients()),
            points_caps_kept(rules),
            wrong_operations(),
        ):
            audit.add(fault)
        _prove_persons(audit)
    return audit


@contextmanager
def _one_moment() -> Iterator[None]:
    within = connection.in_atomic_block
    with transaction.atomic():
        if not within:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _prove_coefficients(audit: Audit) -> dict[int, Priced]:
    coefficients = {}
    for about, difference in wrong_methodologies():
        audit.add(Fault("methodologies", about, difference))
    for number, stored in stored_coefficients():
        if (figures := disagreement(stored)) is not None:
            audit.add(Fault("coefficients", str(number), figures))
        if (digests := altered(stored)) is not None:
            audit.add(Fault("coefficient_digests", str(number), digests))
        coefficients[number] = priced(stored)
    audit.counts["coefficients"] = len(coefficients)
    return coefficients


def _prove_records(audit: Audit, coefficients: dict[int, Priced], rules: dict[int, ConversionRule]) -> None:
    partners = partner_codes()
    audit.counts["recomputed"] = 0
    for columns in stream_postings(COLUMNS):
        audit.counts["recomputed"] += len(columns["key"])
        _prove_piece(audit, columns, coefficients, rules, partners)


def _prove_piece(
    audit: Audit,
    columns: Columns,
    coefficients: dict[int, Priced],
    rules: dict[int, ConversionRule],
    partners: dict[int, str],
) -> None:
    c = {name: columns[name].astype(np.int64, copy=False) for name in COLUMNS if name != "key"}
    days, booked = (c["occurred_at"] + ZONE) // DAY, booked_at(c["batch_id"])
    recomputed_mg, held = recompute_records(
        coefficients, coefficient_id=c["coefficient_id"], behaviors=c["behavior"], days=days,
        quantities=(c["quantity_1"], c["quantity_2"], c["quantity_3"]),
    )  # fmt: skip
    recomputed_mg = np.where(c["kind"] == REVERSAL, -recomputed_mg, recomputed_mg)
    credited = {name: c[name] for name in ("kind", "credited_mg", "capped_by")}
    right = {
        "coefficient_held": held,
        "reductions": ~held | (recomputed_mg == c["reduction_mg"]),
        "regions": regions_reach(coefficients, coefficient_id=c["coefficient_id"], regions=c["region"]),
        "credits": credits_follow(**credited, reduction_mg=c["reduction_mg"]),
        "points": points_follow(
            rules, partners, **credited, rule_id=c["rule_id"], partner_id=c["partner_id"],
            points_milli=c["points_milli"], behaviors=c["behavior"], evidence=c["evidence"], days=days,
        ),
        "expiries": expiries_follow(
            rules, kind=c["kind"], rule_id=c["rule_id"], expires_on=c["expires_on"], booked_at=booked
        ),
        "dates": (booked < 0) | (c["occurred_at"] <= booked),
    }  # fmt: skip
    for check, verdict in right.items():
        _note(audit, check, np.flatnonzero(~verdict), columns, recomputed_mg)


def _note(
    audit: Audit, check: str, wrong: NDArray[np.int64], columns: Columns, recomputed_mg: NDArray[np.int64]
) -> None:
    shown = ("coefficient_id", "rule_id", "reduction_mg", "credited_mg", "points_milli", "capped_by")
    for row in wrong:
        figures = {name: int(columns[name][row]) for name in shown} | {"recomputed_mg": int(recomputed_mg[row])}
        audit.add(Fault(check, str(UUID(bytes=columns["key"][row].tobytes())), figures))


def _prove_persons(audit: Audit) -> None:
    after = -(2**63)
    while numbers := account_holders(after=after, most=PERSONS_AT_ONCE):
        for number in unknown_persons(numbers):
            audit.add(Fault("persons", f"P{number}", {}))
        after = numbers[-1]
    for number, state, standing in misplaced_standings():
        audit.add(Fault("standings", f"P{number}", {"state": state, "standing": standing}))
