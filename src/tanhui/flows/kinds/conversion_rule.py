"""A conversion rule (7.4): `{"document": YAML}`. Acts from its first day on are converted by it."""

from collections import defaultdict
from datetime import date

from tanhui.core.described import Json
from tanhui.core.methodology import EVIDENCE_LEVELS
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.kinds.kind import Around, Checked, Kind, approver, begin_of
from tanhui.participants.organizations.selectors import partner_codes
from tanhui.steps.points.rules import approve_rule, check_rule, readable_rule, rule_on
from tanhui.steps.quantify.difference import items_changed
from tanhui.support.ledger.selectors import credited_alike
from tanhui.support.security.approvals.types import Proposal


def _check(payload: Json, effective_on: date | None, around: Around) -> Checked:
    rule = check_rule(payload["document"], today=around.today)
    if effective_on not in (None, rule.valid_from):
        text = Text("规则自其 valid.from（{d}）起生效。", "A rule holds from its own valid.from, {d}.")
        raise Refusal("effective_day", text.format(d=rule.valid_from), field="effective_on")
    return Checked(f"{rule.code} {rule.version}", begin_of(rule.valid_from))


def _describe(payload: Json, _checked: Checked, _around: Around) -> tuple[Json, Json]:
    rule, content = readable_rule(payload["document"])
    before = rule_on(rule.valid_from)
    diff = {
        "before": None if before is None else f"{before['code']} {before['version']}", "after": f"{rule.code} {rule.version}",
        "items": [row for row in items_changed(before, content) if row["item"] != "approved_by"],  # it will be who approves
    }  # fmt: skip
    partners = partner_codes()
    by_behavior: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for group in credited_alike():
        rate = rule.rate(
            behavior=group["behavior"], partner=partners[group["partner_id"]], evidence=EVIDENCE_LEVELS[group["evidence"]],
            on=rule.valid_from,
        )  # fmt: skip
        becomes = rule.points_milli(max(group["credited_mg"], 0), rate)
        sums = by_behavior[group["behavior"]]
        for place, amount in enumerate((group["records"], group["credited_mg"], group["points_milli"], becomes)):
            sums[place] += amount
    names = ("records", "credited_mg", "before_milli", "after_milli")
    rows = [{"behavior": number, **dict(zip(names, sums, strict=True))} for number, sums in sorted(by_behavior.items())]
    total = {name: sum(row[name] for row in rows) for name in names}
    # All that is booked, as if converted on the rule's first day; caps and the rounding of each record left aside.
    return diff, {"points": {"behaviors": rows, "total": total}}


def _apply(proposal: Proposal, around: Around) -> Json:
    rule, content = readable_rule(proposal.content.payload["document"])
    number = approve_rule(content | {"approved_by": approver(proposal)}, now=around.now)
    return {"rule": number, "code": rule.code, "version": rule.version}


CONVERSION_RULE = Kind("conversion_rule", Text("积分转换规则", "conversion rule"), _check, _describe, _apply)
