"""What a row must be to become a record (7.3.3, 8.5), as an ordered list of checks: the first that fails is its reason."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl

from tanhui.core.methodology import ActivityField
from tanhui.core.refusal import Refusal
from tanhui.core.regions import fallback
from tanhui.core.text import Text
from tanhui.steps.collect.checks import Check
from tanhui.steps.collect.numbers import in_steps, is_number
from tanhui.steps.collect.parts import Case, Ignored, ValueSource
from tanhui.steps.collect.plan import CASE, READING, Plan
from tanhui.steps.collect.types import STEPS, BehaviorFields

_LARGEST_DURATION_S = 366 * 86_400


def checks(plan: Plan) -> list[Check]:
    """The checks of a mapping's rows in the order in which they are told."""
    found = [*_kinds(plan), *_times(plan), *_identity(plan)]
    return [*found, *(_reading(plan) if plan.mapping.aggregate else _quantities(plan))]


def known_region(code: str) -> bool:
    """Whether the code names a region."""
    try:
        return bool(_chain(code))
    except Refusal:
        return False


@lru_cache(maxsize=4096)
def _chain(code: str) -> tuple[str, ...]:
    return fallback(code)


def _kinds(plan: Plan) -> Iterator[Check]:
    mapping = plan.mapping
    if mapping.cancels:
        why = Text("该行取消先前的一行", "the row takes back an earlier one")
        yield Check("cancelled", plan.cells.holds(mapping.cancels.when), mapping.cancels.quantity, values={"why": why})
    for rule in mapping.ignore:
        yield from _ignored(plan, rule)
    when = next((case.when for case in mapping.cases if case.when), None)
    if when is not None:
        column = _first_column(when)
        if mapping.otherwise == "not_an_activity":
            why = Text("映射未将其列为任何行为", "the mapping lists it under no behavior")
            yield Check("not_an_activity", pl.col(CASE).is_null(), field=column, values={"why": why})
        else:
            yield Check("unknown_behavior", pl.col(CASE).is_null(), field=column, value=pl.col(column))
    unknown = [number for number in mapping.behaviors if number not in plan.asked.fields]
    if unknown:
        yield Check("methodology_not_in_force", pl.col("behavior").is_in(unknown), "behavior", pl.col("behavior"))


def _ignored(plan: Plan, rule: Ignored) -> Iterator[Check]:
    """Rows of this rule; of those that may take back a record, first what keeps them from naming one."""
    here, back = plan.cells.holds(rule.when), rule.takes_back
    if back is None:
        yield Check(rule.reason, here, field=rule.name, values={"why": rule.why})
        return
    named = plan.taken_back(back)
    unnamed = "original_uncertain" if back.columns else rule.reason
    yield Check(unnamed, here & named.is_null(), field=rule.name, values={"why": rule.why})
    yield Check("person_missing", here & pl.col("subject").is_null(), "subject")
    for name, source in back.leaves.items():
        if source.column is not None:
            cell, text = pl.col(source.column), plan.cells.number(source.column)
            yield Check("missing_field", here & cell.is_null(), name)
            yield Check("not_a_number", here & ~is_number(text).fill_null(value=False), name, cell)
    if back.columns:
        yield Check("original_missing", here, rule.name, named, takes_back=back)
    else:
        yield Check(rule.reason, here, rule.name, values={"why": rule.why}, takes_back=back)


def _first_column(condition: object) -> str:
    assert isinstance(condition, dict)
    if "column" in condition:
        return str(condition["column"])
    parts = condition.get("all") or condition.get("any") or [condition["not"]]
    return _first_column(parts[0])


def _times(plan: Plan) -> Iterator[Check]:
    mapping, asked = plan.mapping, plan.asked
    for field, source in (("occurred_at", mapping.occurred_at), ("ended_at", mapping.ended_at)):
        if source is None:
            continue
        text, formats = plan.time_text(source), {"formats": " / ".join(source.formats)}
        if field == "occurred_at":
            yield Check("missing_field", text.is_null(), field=field)
            yield Check("bad_date", pl.col(field).is_null(), field, text, formats)
        else:
            ended = plan.time(source)
            yield Check("bad_date", text.is_not_null() & ended.is_null(), field, text, formats)
            yield _bounded("duration_s", pl.col("duration_s"), 0, _LARGEST_DURATION_S, "s")
    if mapping.duration and mapping.duration.column:
        number = plan.cells.number(mapping.duration.column)
        value = pl.col(mapping.duration.column)
        yield Check("not_a_number", value.is_not_null() & ~is_number(number), "duration_s", value)
        shown = _with_unit(value, mapping.duration.unit, "s")
        yield _bounded("duration_s", pl.col("duration_s"), 0, _LARGEST_DURATION_S, "s", shown=shown)
    shown = pl.col("occurred_at").dt.convert_time_zone(mapping.zone).dt.strftime("%Y-%m-%d %H:%M")
    now = asked.now.astimezone(UTC).replace(tzinfo=None)
    yield Check("in_the_future", pl.col("occurred_at") > _instant(now), "occurred_at", shown)
    if asked.not_before:
        begin = datetime.combine(asked.not_before, time(), ZoneInfo(mapping.zone)).astimezone(UTC).replace(tzinfo=None)
        since = {"since": asked.not_before.isoformat()}
        yield Check("before_agreement", pl.col("occurred_at") < _instant(begin), "occurred_at", shown, since)


def _instant(naive_utc: datetime) -> pl.Expr:
    return pl.lit(naive_utc, dtype=pl.Datetime("us")).dt.replace_time_zone("UTC")


def _identity(plan: Plan) -> Iterator[Check]:
    mapping = plan.mapping
    yield Check("person_missing", pl.col("subject").is_null(), "subject")
    if not mapping.record.hashed and not mapping.aggregate:
        yield Check("record_id_missing", pl.col("record_id").is_null(), ", ".join(mapping.record.columns))
    if mapping.region.column:
        region = pl.col("region")
        known = region.map_elements(known_region, return_dtype=pl.Boolean, skip_nulls=True)
        if mapping.region.values:
            known = region.is_not_null()
        yield Check("unknown_region", ~known.fill_null(value=False), "region", pl.col(mapping.region.column))


def _quantities(plan: Plan) -> Iterator[Check]:
    for number, case in enumerate(plan.mapping.cases):
        spec = plan.asked.fields.get(case.behavior)
        if spec is None:
            continue
        here = pl.col(CASE) == number
        for name, source in plan.sources[number].items():
            if name not in spec.fields:
                continue
            if source.column is not None:
                text = plan.cells.number(source.column)
                yield Check("not_a_number", here & text.is_not_null() & ~is_number(text), name, pl.col(source.column))
            yield _in_bounds(name, spec.fields[name], here, source)
        yield from _required(case, number, spec, plan)
        yield from _speed(spec, here, plan)


def _in_bounds(name: str, field: ActivityField, here: pl.Expr, source: ValueSource) -> Check:
    steps = pl.col(STEPS + name)
    least, most = in_steps(field.least, field, up=True), in_steps(field.most, field, up=False)
    column = source.column
    given = pl.col(column).is_not_null() if column else pl.lit(value=True)
    outside = ~steps.is_between(least, most).fill_null(value=False)
    values = {"least": _written(field.least), "most": _written(field.most), "unit": field.unit}
    value = _with_unit(pl.col(column), source.unit, field.unit) if column else pl.lit(source.constant)
    return Check("out_of_bounds", here & given & outside, name, value, values)


def _with_unit(cell: pl.Expr, unit: str | None, stated: str) -> pl.Expr:
    """The cell as the file has it, with its unit where that is not the one in which the bounds are stated."""
    return cell if unit in {None, stated} else cell + pl.lit(f" {unit}")


def _written(value: Fraction) -> str:
    """A bound for people to read."""
    return str(value) if value.denominator == 1 else f"{float(value):g}"


def _bounded(name: str, value: pl.Expr, least: int, most: int, unit: str, *, shown: pl.Expr | None = None) -> Check:
    outside = ~value.is_between(least, most).fill_null(value=False)
    return Check(
        "out_of_bounds", outside, name, value if shown is None else shown, {"least": least, "most": most, "unit": unit}
    )


def _required(case: Case, number: int, spec: BehaviorFields, plan: Plan) -> Iterator[Check]:
    """A record gives every field of its variant, or of at least one; told by the first that is missing of the first."""
    variants = dict(spec.variants)
    if case.variant is not None:
        variants = {name: fields for name, fields in variants.items() if name == case.variant}
        if not variants:
            yield Check("variant_unknown", pl.col(CASE) == number, "variant", pl.col("variant"))
    names = plan.field_names()

    def absent(name: str) -> pl.Expr:
        return pl.col(STEPS + name).is_null() if name in names else pl.lit(value=True)

    if not variants:
        return
    none = pl.all_horizontal(pl.any_horizontal(absent(n) for n in fields) for fields in variants.values())
    for name in next(iter(variants.values())):
        yield Check("missing_field", (pl.col(CASE) == number) & none & absent(name), name)


def _speed(spec: BehaviorFields, here: pl.Expr, plan: Plan) -> Iterator[Check]:
    field = spec.fields.get("distance_km")
    if spec.max_speed_kmh is None or field is None or "distance_km" not in plan.field_names():
        return
    steps = pl.col(STEPS + "distance_km").cast(pl.Int128)
    seconds = pl.col("duration_s").cast(pl.Int128)
    km, most = field.step, spec.max_speed_kmh
    left = steps * pl.lit(km.numerator * 3600 * most.denominator, dtype=pl.Int128)
    right = seconds * pl.lit(most.numerator * km.denominator, dtype=pl.Int128)
    shown = steps * pl.lit(km.numerator * 3600, dtype=pl.Int128) // (seconds * pl.lit(km.denominator, dtype=pl.Int128))
    fails = here & (pl.col("duration_s") > 0) & (left > right)
    yield Check("too_fast", fails, "distance_km", shown, {"most": f"{float(most):g}"})


def _reading(plan: Plan) -> Iterator[Check]:
    aggregate = plan.mapping.aggregate
    assert aggregate is not None
    source = plan.mapping.fields[aggregate.field]
    assert source.column is not None
    cell, text = pl.col(source.column), plan.cells.number(source.column)
    yield Check("missing_field", cell.is_null(), aggregate.field)
    yield Check("not_a_number", ~is_number(text), aggregate.field, cell)
    values = {"least": 0, "most": 10**9, "unit": source.unit or ""}
    yield Check("out_of_bounds", ~(pl.col(READING) >= 0).fill_null(value=False), aggregate.field, cell, values)
