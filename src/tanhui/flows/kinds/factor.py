"""Factors of the installation's own: `{"document": YAML}`, new ones or new values of known ones, from a day on."""

from datetime import date

from tanhui.core.described import Json, describe_value
from tanhui.core.factors import Factor
from tanhui.core.methodology import Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.compare_methodologies import compare_methodologies, compared_as_json
from tanhui.flows.kinds.kind import Around, Checked, Kind, approver, begin_of, day_of
from tanhui.steps.quantify import adopted
from tanhui.steps.quantify.difference import change_as_json, coefficient_changes
from tanhui.steps.quantify.library import Library
from tanhui.support.security.approvals.types import Proposal

LONGEST_SUBJECT = 200


def _check(payload: Json, effective_on: date | None, around: Around) -> Checked:
    day = effective_on or around.today
    if day < around.today:
        text = Text("因子不能追溯生效；最早自 {d} 起。", "Factors do not work backwards; from {d} at the earliest.")
        raise Refusal("factor_retroactive", text.format(d=around.today), field="effective_on")
    changed = adopted.check_factors(payload["document"], effective_on=day, installed=around.library)
    return Checked(", ".join(changed)[:LONGEST_SUBJECT], begin_of(day))


def _describe(payload: Json, checked: Checked, around: Around) -> tuple[Json, Json]:
    installed, day = around.library, day_of(checked.effective_at)
    changed = adopted.check_factors(payload["document"], effective_on=day, installed=installed)
    after, always = (
        installed.with_factors(changed), installed.with_factors(adopted.as_if_always(changed, effective_on=day)),
    )  # fmt: skip
    used = adopted.using(installed, changed)
    diff = {
        "factors": [_change(installed.factors.get(code), factor) for code, factor in changed.items()],
        "methodologies": [found for m in used if (found := _coefficients(m, installed, after))["coefficients"]],
    }
    numbers = sorted({methodology.behavior for methodology in used})
    records = [compared_as_json(compare_methodologies(installed, always, behavior=number)) for number in numbers]
    return diff, {"records": [each for each in records if each["total"]["records"]]}


def _apply(proposal: Proposal, around: Around) -> Json:
    document, day = proposal.content.payload["document"], day_of(proposal.content.effective_at)
    changed = adopted.check_factors(document, effective_on=day, installed=around.library)
    number = adopted.adopt(
        adopted.FACTOR, code=next(iter(changed))[:60], version=adopted.text_digest(document)[:20], document=document, cases="",
        effective_on=day, approved_by=approver(proposal), proposal=proposal.id, now=around.now,
    )  # fmt: skip
    return {"adopted": number, "factors": list(changed)}


def _change(before: Factor | None, after: Factor) -> Json:
    was, becomes = (() if factor is None else factor.values for factor in (before, after))
    return {
        "code": after.code, "unit": after.unit, "new": before is None,
        "before": [describe_value(value, after.unit) for value in was if value not in becomes],
        "after": [describe_value(value, after.unit) for value in becomes if value not in was],
    }  # fmt: skip


def _coefficients(methodology: Methodology, installed: Library, after: Library) -> Json:
    becomes = after.named(methodology.code, methodology.version)
    assert becomes is not None
    changes = coefficient_changes(methodology, becomes, library=installed, then=after)
    return {
        "methodology": f"{methodology.code}@{methodology.version}",
        "coefficients": [change_as_json(methodology, becomes, change) for change in changes],
    }


FACTOR = Kind("factor", Text("排放因子", "emission factors"), _check, _describe, _apply)
