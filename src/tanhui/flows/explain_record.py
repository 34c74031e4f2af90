"""One booked record explained from what is stored with it alone: the library may have moved on since."""

from datetime import timedelta
from fractions import Fraction
from math import prod
from typing import Any
from uuid import UUID

import numpy as np

from tanhui.core.described import Json, decimal, recompute, text
from tanhui.core.methodology import EVIDENCE_LEVELS
from tanhui.core.reduction import multiply
from tanhui.core.refusal import Refusal
from tanhui.core.regions import fallback, region_of_number
from tanhui.core.text import Text
from tanhui.participants.organizations.selectors import partner_codes
from tanhui.participants.persons.selectors import person_state
from tanhui.steps.account.selectors import record
from tanhui.steps.account.services import CAPPED_BY_POINTS, CAPPED_BY_RECORDS, CAPPED_BY_REDUCTION
from tanhui.steps.identify.behaviors import behavior_named
from tanhui.steps.points.rules import stored_rule
from tanhui.steps.quantify.stored import stored_coefficient
from tanhui.support.ledger.types import REVERSAL

KINDS = {1: Text("记录", "record"), 2: Text("冲正", "reversal"), 3: Text("更正后的记录", "replacement")}
CAPS = {
    CAPPED_BY_RECORDS: Text(
        "超出方法学的次数上限，超出部分不计入账户", "beyond the methodology's number of records; not credited"
    ),
    CAPPED_BY_REDUCTION: Text(
        "超出方法学的减排量上限，超出部分不计入账户", "beyond the methodology's cap on grams; the rest is not credited"
    ),
    CAPPED_BY_POINTS: Text(
        "超出积分规则的上限，超出部分不授予积分", "beyond the rule's cap on points; the rest grants none"
    ),
}


def explain_record(key: UUID) -> Json:
    """Everything about a posting: who sent it, every factor with its source, the arithmetic done again, and its points.

    Raises `Refusal` when there is no such record.
    """
    row = record(key)
    if row is None:
        raise Refusal(
            "record_unknown", Text("没有编号为 {k} 的记录。", "There is no record {k}.").format(k=key), field="record"
        )
    coefficient = stored_coefficient(row["coefficient_id"])
    behavior = behavior_named(str(row["behavior"]))
    quantities = _quantities(row, coefficient)
    region = region_of_number(row["region"])
    return {
        "record": str(key), "kind": text(KINDS[row["kind"]]), "partner": partner_codes().get(row["partner_id"]),
        "person": row["person_id"], "person_state": person_state(row["person_id"]), "sequence": row["sequence"], "behavior": behavior.code, "number": behavior.number,
        "name": text(behavior.name), "occurred_at": row["occurred_at"].isoformat(),
        "ended_at": (row["occurred_at"] + timedelta(seconds=row["duration_s"])).isoformat(),
        "booked_at": row["booked_at"].isoformat(), "source": row["reference"], "evidence": EVIDENCE_LEVELS[row["evidence"]],
        "region": region, "region_fallback": _way(region, coefficient["region"]),
        "methodology": coefficient["methodology"], "version": coefficient["version"], "variant": coefficient["variant"],
        "approved_by": coefficient["approved_by"], "published_at": coefficient["published_at"],
        "fields": {
            field["name"]: {"steps": steps, "step": field["step"], "unit": field["unit"], "meaning": field["meaning"],
                            "value": decimal(steps * Fraction(field["step"]))}
            for field, steps in zip(coefficient["fields"], quantities.values(), strict=True)
        },
        "reduction_mg": row["reduction_mg"], "credited_mg": row["credited_mg"], "points_milli": row["points_milli"],
        "capped": text(CAPS.get(row["capped_by"])), **_recomputed(row, coefficient, quantities),
        "terms": coefficient["terms"], "points_rule": stored_rule(row["rule_id"]),
        "points_expire_on": row["expires_on"].isoformat(),
        "reversed_by": str(row["reversal"]) if row["reversal"] else None, "reversal_reason": row["reversal_reason"],
        "replaced_by": str(row["replaced_by"]) if row["replaced_by"] else None,
        "reverses": str(row["reverses"]) if row["reverses"] else None,
    }  # fmt: skip


def _quantities(row: dict[str, Any], coefficient: Json) -> dict[str, int]:
    names = [field["name"] for field in coefficient["fields"]]
    return dict(zip(names, (row["quantity_1"], row["quantity_2"], row["quantity_3"]), strict=False))


def _recomputed(row: dict[str, Any], coefficient: Json, quantities: dict[str, int]) -> Json:
    reduction_ng, baseline_ng = recompute(coefficient["terms"], coefficient["monomials"])
    activity = [prod(quantities[name] for name in monomial) for monomial in coefficient["monomials"]]
    columns = [np.array([steps], dtype=np.int64) for steps in activity]
    reduction_mg = int(multiply(reduction_ng, columns)[0])
    baseline_mg = int(multiply(baseline_ng, columns)[0])
    sign = -1 if row["kind"] == REVERSAL else 1
    return {
        "coefficients": [
            {"activity": monomial, "steps": steps, "reduction_ng_per_step": ng}
            for monomial, steps, ng in zip(coefficient["monomials"], activity, reduction_ng, strict=True)
        ],
        "baseline_mg": sign * baseline_mg, "project_mg": sign * (baseline_mg - reduction_mg),
        "recomputed_mg": sign * reduction_mg, "recomputed_equal": sign * reduction_mg == row["reduction_mg"],
    }  # fmt: skip


def _way(region: str, found: str) -> list[str]:
    chain = fallback(region)
    return list(chain[: chain.index(found) + 1])
