"""A record corrected or withdrawn: `{"record": UUID, "replace": {field: figure} or null}`, for the proposal's reason."""

from dataclasses import asdict
from datetime import date
from fractions import Fraction
from uuid import UUID

from tanhui.core.described import Json, decimal
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.attempts import taken_back
from tanhui.flows.correct_activity import Corrected, correct_activity
from tanhui.flows.kinds.kind import Around, Checked, Kind, begin_of
from tanhui.steps.quantify.stored import stored_coefficient
from tanhui.support.ledger.selectors import posting
from tanhui.support.security.approvals.types import Proposal

LONGEST_ACTOR, LONGEST_REASON = 100, 500


def _check(payload: Json, effective_on: date | None, around: Around) -> Checked:
    found = posting(UUID(payload["record"]))
    if found is not None and found["reversal"] is not None:
        text = Text("记录 {k} 已经更正或撤销。", "The record {k} was corrected or withdrawn already.")
        raise Refusal("already_corrected", text.format(k=payload["record"]))
    _dry_run(payload, around)
    return Checked(payload["record"], begin_of(effective_on) if effective_on else around.now)


def _describe(payload: Json, _checked: Checked, around: Around) -> tuple[Json, Json]:
    record = posting(UUID(payload["record"]))
    assert record is not None
    done = _dry_run(payload, around)
    fields = stored_coefficient(record["coefficient_id"])["fields"]
    rows = [
        {
            "field": field["name"], "unit": field["unit"], "before": _figure(record[f"quantity_{place}"], field["step"]),
            "after": _after(payload, field["name"], _figure(record[f"quantity_{place}"], field["step"])),
        }
        for place, field in enumerate(fields, start=1)
    ]  # fmt: skip
    return {"record": payload["record"], "person": f"P{done.person_id}", "fields": rows}, _told(done)


def _apply(proposal: Proposal, around: Around) -> Json:
    done = _correct(proposal.content.payload, proposal.content.reason, _actor(proposal), around)
    return {"reversal": str(done.reversal), "replacement": done.replacement and str(done.replacement)} | _told(done)


def _dry_run(payload: Json, around: Around) -> Corrected:
    with taken_back():
        return _correct(payload, "dry run", "dry run", around)


def _correct(payload: Json, reason: str, actor: str, around: Around) -> Corrected:
    given = payload["replace"]
    replace = None if given is None else {name: Fraction(figure) for name, figure in given.items()}
    return correct_activity(
        UUID(payload["record"]), reason=reason[:LONGEST_REASON], actor=actor, replace=replace, now=around.now
    )  # fmt: skip


def _actor(proposal: Proposal) -> str:
    return f"{proposal.author_name} ({proposal.id})"[:LONGEST_ACTOR]


def _told(done: Corrected) -> Json:
    figures = asdict(done)
    return {
        name: list(figures[name]) for name in ("reduction_mg", "credited_mg", "points_milli")
    } | {"available_milli": done.available_milli, "blocked": done.blocked}  # fmt: skip


def _figure(steps: int, step: str) -> str:
    return decimal(steps * Fraction(step))


def _after(payload: Json, field: str, before: str) -> str | None:
    given = payload["replace"]
    return None if given is None else given.get(field, before)


CORRECTION = Kind("correction", Text("更正", "correction"), _check, _describe, _apply)
