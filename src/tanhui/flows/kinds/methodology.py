"""A methodology of the installation's own: `{"document": YAML, "cases": YAML}`. It joins the library on its own first day."""

from dataclasses import replace
from datetime import date

from tanhui.core.described import Json
from tanhui.core.methodology import Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.compare_methodologies import compare_methodologies, compared_as_json
from tanhui.flows.kinds.kind import Around, Checked, Kind, approver, begin_of, day_of
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify import adopted
from tanhui.steps.quantify.difference import change_as_json, changed_items, coefficient_changes
from tanhui.support.security.approvals.types import Proposal


def _check(payload: Json, effective_on: date | None, around: Around) -> Checked:
    methodology = adopted.check_methodology(payload["document"], payload["cases"], installed=around.library)
    day = methodology.valid_from
    if effective_on not in (None, day):
        text = Text("方法学自其 valid.from（{d}）起生效。", "A methodology holds from its own valid.from, {d}.")
        raise Refusal("effective_day", text.format(d=day), field="effective_on")
    if day < around.today:
        text = Text(
            "方法学不能追溯生效；valid.from 最早为 {d}。",
            "A methodology does not work backwards; its valid.from is {d} at the earliest.",
        )
        raise Refusal("methodology_retroactive", text.format(d=around.today), field="valid.from")
    return Checked(f"{methodology.code}@{methodology.version}", begin_of(day))


def _describe(payload: Json, _checked: Checked, around: Around) -> tuple[Json, Json]:
    installed, methodology = around.library, _read(payload, around)
    before = installed.named(methodology.code)
    changes = coefficient_changes(before, methodology, library=installed)
    diff = {
        "before": None if before is None else f"{before.code}@{before.version}",
        "after": f"{methodology.code}@{methodology.version}", "behavior": behaviors()[methodology.behavior - 1].code,
        "items": changed_items(before, methodology),
        "coefficients": [change_as_json(before, methodology, change) for change in changes],
    }  # fmt: skip
    always = replace(methodology, valid_from=adopted.FIRST_DAY)  # as if it had held for all that is booked
    compared = compare_methodologies(installed, installed.trying(always), behavior=methodology.behavior)
    return diff, {"records": compared_as_json(compared)}


def _apply(proposal: Proposal, around: Around) -> Json:
    payload = proposal.content.payload
    methodology = adopted.check_methodology(payload["document"], payload["cases"], installed=around.library)
    number = adopted.adopt(
        adopted.METHODOLOGY, code=methodology.code, version=methodology.version, document=payload["document"],
        cases=payload["cases"], effective_on=day_of(proposal.content.effective_at), approved_by=approver(proposal),
        proposal=proposal.id, now=around.now,
    )  # fmt: skip
    return {"adopted": number, "methodology": f"{methodology.code}@{methodology.version}"}


def _read(payload: Json, around: Around) -> Methodology:
    return adopted.readable_methodology(payload["document"], factors=around.library.factors)[1]


METHODOLOGY = Kind("methodology", Text("方法学", "methodology"), _check, _describe, _apply)
