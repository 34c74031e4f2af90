"""Whether a batch may come from that partner at all (6.2): its organization is live, and its agreement takes it in."""

import numpy as np

from tanhui.core.refusal import Refusal
from tanhui.core.regions import fallback, region_name
from tanhui.core.text import Text
from tanhui.participants.organizations.roles import STATES
from tanhui.participants.organizations.types import LIVE, PartnerTerms, Scope
from tanhui.steps.collect.columns import ActivityColumns
from tanhui.steps.collect.verdicts import Verdicts
from tanhui.steps.quantify.services import RecordGroup


def check_state(verdicts: Verdicts, *, state: str) -> None:
    """Refuses what still stands when the partner's organization is not live."""
    if state != LIVE:
        verdicts.refuse(verdicts.standing.tolist(), "not_live", value=STATES[state])


def check_scope(verdicts: Verdicts, batch: ActivityColumns, *, terms: PartnerTerms) -> None:
    """Refuses behaviors, regions and data fields outside of the agreement: looked at once per group of like records."""
    for number, group in enumerate(batch.groups):
        outside = _outside(group, terms.scope)
        if outside is not None:
            field, what = outside
            verdicts.refuse(np.flatnonzero(batch.group == number).tolist(), "not_agreed", field=field, value=what)


def _outside(group: RecordGroup, scope: Scope) -> tuple[str, Text] | None:
    if scope.behaviors is not None and group.behavior not in scope.behaviors:
        return "behavior", Text("行为 {n}", "Behavior {n}").format(n=group.behavior)
    if scope.regions is not None and not _within(group.region, scope.regions):
        name = region_name(group.region)
        return "region", Text(f"地区“{name.zh}”", f"The region “{name.en}”")
    if scope.fields is not None and (beyond := sorted(group.given - scope.fields)):
        return beyond[0], Text("数据字段 {f}", "The field {f}").format(f=", ".join(beyond))
    return None


def _within(region: str, regions: frozenset[str]) -> bool:
    try:
        return not regions.isdisjoint(fallback(region))
    except Refusal:
        return True  # no region at all: refused as such
