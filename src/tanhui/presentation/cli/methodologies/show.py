"""`tanhui methodologies list` and `show`: what a methodology says, and its coefficients on a day."""

from typing import Any

import click

from tanhui.core.coefficients import Coefficient, evaluate
from tanhui.core.described import Json, decimal, describe_term, text
from tanhui.core.methodology import Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.regions import region_name
from tanhui.core.text import Text
from tanhui.presentation.cli.books import today
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.methodologies.resolve import methodology_named
from tanhui.presentation.cli.methodologies.tables import grams_per_unit, per_unit
from tanhui.presentation.cli.output import console, json_option, print_json, print_table
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify.library import Library, library

EVIDENCE = {
    "self_declared": say("自报", "self-declared"),
    "partner": say("合作方", "partner"),
    "meter": say("计量", "meter"),
}
STATUS = {"trial": say("试行", "trial"), "in_force": say("正式", "in force")}


@click.command("list", help=say("列出方法学。", "List the methodologies."))
@json_option
def list_methodologies(*, as_json: bool) -> None:
    """Lists every methodology by behavior."""
    found = library().methodologies
    if as_json:
        print_json({"methodologies": [listed(methodology) for methodology in found]})
        return
    columns = [
        ("#", "right"), (say("方法学", "methodology"), "whole"), (say("状态", "status"), "left"),
        (say("地区", "regions"), "left"), (say("证据", "evidence"), "left"), (say("名称", "title"), "left"),
    ]  # fmt: skip
    rows = [
        (m.behavior, f"{m.code}@{m.version}", STATUS[m.status], places(m), EVIDENCE[m.evidence], tell(m.title))
        for m in found
    ]
    print_table(say(f"{len(found)} 个方法学", f"{len(found)} methodologies"), columns, rows)


@click.command(help=say("显示一个方法学。", "Show one methodology."))
@click.argument("code")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help=say("日期，默认今天", "Day (today)"))
@json_option
def show(code: str, on: Any, *, as_json: bool) -> None:
    """Shows a methodology with its coefficients in its own regions that day."""
    shipped, day = library(), on.date() if on else today()
    methodology = methodology_named(shipped, code)
    rows = [
        row
        for region in methodology.regions
        for row in shipped.coefficients(methodology.behavior).get(region, [])
        if row.methodology == methodology.code and _holds(row, day)
    ]
    if not rows:
        words = Text("方法学 {m} 在 {d} 没有系数。", "The methodology {m} has no coefficients on {d}.")
        raise Refusal("methodology_not_in_force", words.format(m=code, d=day), field="on")
    if as_json:
        print_json(_as_json(shipped, methodology, rows) | {"on": day.isoformat()})
    else:
        _print(methodology, rows)


def listed(methodology: Methodology) -> Json:
    """A methodology in a list, as JSON."""
    return {
        "behavior": behaviors()[methodology.behavior - 1].code, "number": methodology.behavior, "code": methodology.code,
        "version": methodology.version, "status": methodology.status, "title": text(methodology.title),
        "regions": list(methodology.regions), "valid_from": methodology.valid_from.isoformat(),
        "valid_until": methodology.valid_until.isoformat() if methodology.valid_until else None,
        "evidence": methodology.evidence, "variants": [variant.name for variant in methodology.variants],
    }  # fmt: skip


def places(methodology: Methodology) -> str:
    """The regions of a methodology, by name."""
    return ", ".join(tell(region_name(region)) for region in methodology.regions)


def _holds(row: Coefficient, day: Any) -> bool:
    return bool(row.valid_from <= day and (row.valid_until is None or day < row.valid_until))


def _as_json(shipped: Library, methodology: Methodology, rows: list[Coefficient]) -> Json:
    return listed(methodology) | {
        "gases": list(methodology.gases), "boundary": text(methodology.boundary),
        "baseline_scenario": text(methodology.baseline_scenario), "project_scenario": text(methodology.project_scenario),
        "functional_unit": methodology.functional_unit, "applicability": text(methodology.applicability),
        "conservative": [text(choice) for choice in methodology.conservative], "exclusive": methodology.exclusive,
        "fields": [
            {
                "name": field.name, "unit": field.unit, "counted_as": field.counted_as, "step": decimal(field.step),
                "min": decimal(field.least), "max": decimal(field.most), "rounding": field.rounding,
                "meaning": text(field.meaning),
            }
            for field in methodology.fields.values()
        ],
        "caps": [
            {"per": cap.per, "by": cap.by, "records": cap.records, "reduction_mg": cap.reduction_mg}
            for cap in methodology.caps
        ],
        "coefficients": [
            {
                "variant": row.variant, "region": row.region, "valid_from": row.valid_from.isoformat(),
                "valid_until": row.valid_until.isoformat() if row.valid_until else None, "tradable": row.tradable,
                "per_step": [
                    {"activity": list(monomial), "reduction_ng": reduction, "baseline_ng": baseline}
                    for monomial, reduction, baseline in zip(row.monomials, row.reduction_ng, row.baseline_ng, strict=True)
                ],
                "terms": _terms(shipped, methodology, row),
            }
            for row in rows
        ],
        "comparisons": [
            {"value": c.value, "unit": c.unit, "source": c.source.code, "given": c.given, "why": text(c.why)}
            for c in methodology.comparisons
        ],
        "digest": methodology.digest, "changes": text(methodology.changes),
    }  # fmt: skip


def _terms(shipped: Library, methodology: Methodology, row: Coefficient) -> list[Json]:
    variant = methodology.variant(row.variant)
    assert variant is not None
    terms = evaluate(methodology, variant, region=row.region, on=row.valid_from, gwp=shipped.gwp)
    return [describe_term(value, methodology.fields) for value in terms]


def _print(methodology: Methodology, rows: list[Coefficient]) -> None:
    console.print(
        f"[bold]{methodology.behavior} {tell(methodology.title)}[/]  [dim]{methodology.code}@{methodology.version}[/]"
    )
    lines = [
        (say("状态", "status"), STATUS[methodology.status]), (say("地区", "regions"), places(methodology)),
        (say("证据", "evidence"), EVIDENCE[methodology.evidence]), (say("基准线", "baseline"), tell(methodology.baseline_scenario)),
        (say("项目", "project"), tell(methodology.project_scenario)), (say("边界", "boundary"), tell(methodology.boundary)),
        (say("适用", "applies"), tell(methodology.applicability) if methodology.applicability else ""),
        *((say("保守", "conservative"), tell(choice)) for choice in methodology.conservative),
    ]  # fmt: skip
    for heading, line in lines:
        if line:
            console.print(f"[dim]{heading}[/]  ", end="")
            console.print(line, markup=False)
    columns = [
        (say("变体", "variant"), "whole"), (say("地区", "region"), "left"), (say("自", "since"), "whole"),
        (say("活动水平", "activity"), "left"), (say("减排 g", "reduction g"), "right"), (say("单位", "per"), "left"),
    ]  # fmt: skip
    table = [
        (
            row.variant, tell(region_name(row.region)), row.valid_from, " × ".join(monomial),
            grams_per_unit(methodology, monomial, ng), per_unit(methodology, monomial),
        )
        for row in rows
        for monomial, ng in zip(row.monomials, row.reduction_ng, strict=True)
    ]  # fmt: skip
    print_table("", columns, table)
