"""Months of a household as records: complete enough, in whole steps, with the baseline that the mapping declares.

What a month lacks is taken to have been used at the rate of the rest, and rounded against the household, so that a gap
never looks like saving.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import polars as pl

from tanhui.core.units import conversion
from tanhui.steps.collect.numbers import BILLION
from tanhui.steps.collect.parts import Aggregate, Baseline
from tanhui.steps.collect.plan import Plan, hashed
from tanhui.steps.collect.reasons import sentence
from tanhui.steps.collect.records import schema_of
from tanhui.steps.collect.types import REFUSED_COLUMNS, STEPS, History, Month


@dataclass(frozen=True, slots=True)
class _Month:
    subject: str
    first: date
    total: int
    covered_s: int
    row: int
    rows: int


def monthly_records(plan: Plan, months: pl.DataFrame, *, history: History | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One record per complete month with a baseline; and the refused months, each with the rows behind it."""
    records: list[tuple[object, ...]] = []
    refused: list[tuple[object, ...]] = []
    ids = _person_hashes(plan, months)
    for subject, part in _by_person(months):
        earlier = dict(history(subject)) if history else {}
        for month in part:
            made = _Maker(plan, month).make(earlier)
            if isinstance(made, dict):
                records.append(_record(plan, month, ids[subject], made))
            else:
                refused.append(_refused(plan, month, *made))
    frame = pl.DataFrame(records, schema=schema_of(plan), orient="row")
    return frame, pl.DataFrame(refused, schema=REFUSED_COLUMNS, orient="row")


class _Maker:
    """Decides about one month."""

    def __init__(self, plan: Plan, month: _Month) -> None:
        aggregate, case = plan.mapping.aggregate, plan.mapping.cases[0]
        assert aggregate is not None
        self.plan, self.month, self.aggregate = plan, month, aggregate
        self.fields = plan.asked.fields[case.behavior].fields
        self.field = self.fields[aggregate.field]
        self.length_s = _length_s(month.first, plan.mapping.zone)

    def make(self, earlier: dict[date, int]) -> dict[str, int] | tuple[str, dict[str, object]]:
        """Steps per field, or the reason and what its sentence says; a complete month is added to `earlier`."""
        named = {"month": self.month.first.strftime("%Y-%m")}
        share = Fraction(self.month.covered_s, self.length_s)
        over = _start(self.month.first, self.plan.mapping.zone) + timedelta(seconds=self.length_s)
        if over > self.plan.asked.now:
            return "month_not_over", {**named}
        if share < Fraction(self.aggregate.coverage):
            least = f"{float(Fraction(self.aggregate.coverage)):.0%}"
            return "incomplete_month", {**named, "value": f"{float(share):.1%}", "least": least}
        steps = {self.aggregate.field: self._steps()}
        before = sorted(month for month in earlier.items() if month[0] < self.month.first)
        earlier[self.month.first] = steps[self.aggregate.field]
        baseline = self.aggregate.baseline
        if baseline is not None and baseline.field in self.fields:
            if baseline.rule == "own_mean" and len(before) < baseline.least:
                kept = {"value": len(before), "least": baseline.least, "steps": steps[self.aggregate.field]}
                return "no_baseline_yet", {**named, **kept}
            steps[baseline.field] = self._baseline(baseline, before)
        for name, value in steps.items():
            field = self.fields[name]
            if not field.least <= value * field.step <= field.most:
                shown = {"least": f"{float(field.least):g}", "most": f"{float(field.most):g}", "unit": field.unit}
                return "out_of_bounds", {"field": name, "value": f"{float(value * field.step):g}", **shown}
        return steps

    def _steps(self) -> int:
        unit = self.plan.mapping.fields[self.aggregate.field].unit or self.field.unit
        used = Fraction(self.month.total, BILLION) * conversion(unit, self.field.unit)
        missing = max(self.length_s - self.month.covered_s, 0)
        return self.field.steps(used + used * Fraction(missing, self.month.covered_s))

    def _baseline(self, baseline: Baseline, before: list[Month]) -> int:
        field = self.fields[baseline.field]
        if baseline.rule == "tier":
            assert baseline.value is not None
            return field.steps(Fraction(baseline.value) * conversion(baseline.unit or field.unit, field.unit))
        latest = [steps for _, steps in before[-baseline.most :]]
        mean = Fraction(sum(latest), len(latest))
        first = self.month.first
        year_ago = dict(before).get(first.replace(year=first.year - 1))
        lowest = mean if year_ago is None else min(mean, Fraction(year_ago))
        return field.steps(lowest * self.field.step * conversion(self.field.unit, field.unit))


def _by_person(months: pl.DataFrame) -> Iterator[tuple[str, list[_Month]]]:
    part: list[_Month] = []
    rows = months.select(pl.col("subject").cast(pl.String), "month", "total", "covered_s", "row", "rows")
    for values in rows.sort("subject", "month").iter_rows():
        month = _Month(*values)
        if part and part[0].subject != month.subject:
            yield part[0].subject, part
            part = []
        part.append(month)
    if part:
        yield part[0].subject, part


def _person_hashes(plan: Plan, months: pl.DataFrame) -> dict[str, str]:
    people = months.get_column("subject").cast(pl.String).unique()
    return dict(zip(people.to_list(), hashed(people, plan.asked.id_key).to_list(), strict=True))


def _record(plan: Plan, month: _Month, person: str, steps: dict[str, int]) -> tuple[object, ...]:
    mapping = plan.mapping
    case = mapping.cases[0]
    fixed = (
        month.row, month.rows, f"{month.first:%Y%m}-{person}", month.subject, case.behavior, case.variant,
        mapping.region.constant, _start(month.first, mapping.zone), _length_s(month.first, mapping.zone),
        mapping.evidence,
    )  # fmt: skip
    household = (month.subject,) if mapping.household else ()
    return (
        *fixed,
        *household,
        *(steps.get(name.removeprefix(STEPS)) for name in schema_of(plan) if name.startswith(STEPS)),
    )


def _refused(plan: Plan, month: _Month, reason: str, values: dict[str, object]) -> tuple[object, ...]:
    aggregate: Aggregate | None = plan.mapping.aggregate
    assert aggregate is not None
    field = str(values.get("field", aggregate.field))
    text = sentence(reason, **{"field": field, **values})
    raw = {"subject": month.subject, "month": f"{month.first:%Y-%m}", "first_row": month.row, "rows": month.rows}
    if "steps" in values:  # the month counts for the baseline of those that come later
        raw["steps"] = values["steps"]
    return month.row, month.rows, reason, field, text.zh, text.en, json.dumps(raw, ensure_ascii=False)


def _start(first: date, zone: str) -> datetime:
    return datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)


def _length_s(first: date, zone: str) -> int:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return int((_start(following, zone) - _start(first, zone)).total_seconds())
