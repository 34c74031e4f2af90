"""`tanhui quantify`: the reduction of one record, computed and explained without any database."""

from datetime import date
from fractions import Fraction
from typing import Any

import click
from rich.tree import Tree

from tanhui.core.described import Json, decimal, describe_term, text
from tanhui.core.methodology import Behavior, Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.regions import NATION, fallback, region_name
from tanhui.core.text import Text
from tanhui.core.trace import Quantified, quantify_one
from tanhui.presentation.cli import books
from tanhui.presentation.cli.figures import field_given
from tanhui.presentation.cli.language import say, tell, told
from tanhui.presentation.cli.output import console, json_option, operand_line, print_json, print_table
from tanhui.steps.identify.behaviors import behavior_named
from tanhui.steps.quantify.library import GWP_SETS, Library, choose


@click.command(
    help=say(
        "计算一条记录的减排量并给出依据（不需要数据库）。",
        "Compute one record's reduction and explain it (no database).",
    )
)
@click.argument("behavior")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE ...]")
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), help=say("发生日期，默认今天", "Day it happened (today)")
)
@click.option("--region", default=NATION, help=say("地区代码（GB/T 2260），默认 CN", "Region code, GB/T 2260 (CN)"))
@click.option("--variant", help=say("计算变体，默认按所给字段选择", "Variant (chosen by the fields given)"))
@click.option(
    "--gwp", type=click.Choice(GWP_SETS), help=say("全球变暖潜势数据集", "Set of global warming potentials (ar5)")
)
@click.option("--describe", is_flag=True, help=say("列出可用字段", "List the fields it takes"))
@json_option
def quantify(
    behavior: str,
    fields: tuple[str, ...],
    on: Any,
    region: str,
    variant: str | None,
    gwp: str | None,
    *,
    describe: bool,
    as_json: bool,
) -> None:
    """Computes one record, or lists the fields a behavior takes."""
    shipped, found = books.methodologies(gwp), behavior_named(behavior)
    day = on.date() if on else date.today()  # noqa: DTZ011 - the face reads the clock; the day is the caller's own
    fallback(region)
    if describe:
        _describe(shipped, found, as_json=as_json)
        return
    given = dict(field_given(written) for written in fields)
    coefficient = choose(shipped, behavior=found.number, region=region, on=day, given=given, variant=variant)
    methodology = shipped.methodology(coefficient)
    _refuse_unknown(shipped, found, given)
    result = quantify_one(methodology, coefficient, given=given, on=day, gwp=shipped.gwp)
    answer = as_document(found, result, region=region)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def as_document(behavior: Behavior, result: Quantified, *, region: str) -> Json:
    """The result as one JSON object: figures in whole milligrams, the terms flat and as a tree, and the way of the region."""
    methodology, coefficient = result.methodology, result.coefficient
    tree = [describe_term(value, methodology.fields) for value in result.terms]
    for node, value in zip(tree, result.terms, strict=True):
        node["emission_mg"] = decimal(result.exact_mg[value.term.name])
    chain = fallback(region)
    return {
        "behavior": behavior.code, "number": behavior.number, "name": text(behavior.name),
        "methodology": methodology.code, "version": methodology.version, "status": methodology.status,
        "tradable": coefficient.tradable, "title": text(methodology.title), "variant": coefficient.variant,
        "on": result.on.isoformat(), "region": region, "methodology_region": coefficient.region,
        "region_fallback": list(chain[: chain.index(coefficient.region) + 1]),
        "baseline_mg": result.baseline_mg, "project_mg": result.project_mg, "reduction_mg": result.reduction_mg,
        "fields": {
            name: {
                "value": decimal(measured.counted), "unit": measured.field.unit, "given": decimal(measured.given),
                "steps": measured.steps, "step": decimal(measured.field.step), "rounding": measured.field.rounding,
            }
            for name, measured in result.fields.items()
        },
        "terms": [row for node in tree for row in _flat(node, result)],
        "coefficients": [
            {"activity": list(monomial), "reduction_ng_per_step": reduction, "baseline_ng_per_step": baseline}
            for monomial, reduction, baseline in zip(
                coefficient.monomials, coefficient.reduction_ng, coefficient.baseline_ng, strict=True
            )
        ],
        "tree": tree,
        "baseline_scenario": text(methodology.baseline_scenario), "project_scenario": text(methodology.project_scenario),
        "boundary": text(methodology.boundary),
        "rounding": text(ROUNDING),
    }  # fmt: skip


ROUNDING = Text(
    "活动水平取整步长；系数向下取整到每步纳克；每条记录向下取整到毫克。项目排放为基准线减去减排量。",
    "Activity in whole steps; the coefficient down to a nanogram per step; each record down to a milligram. "
    "The project emission is the baseline less the reduction.",
)


def _flat(node: Json, result: Quantified) -> list[Json]:
    keys = ("part", "name", "value", "unit", "source", "title", "region", "quality", "assumption", "where")
    rows = [{"term": node["term"]} | {key: operand[key] for key in keys} for operand in node["operands"]]
    suffix = {"baseline": "_BL", "project": "_PL", "coefficient": ""}[node["side"]]
    for activity in node["activity"]:
        measured = result.fields[activity["field"]]
        rows.append(
            {
                "term": node["term"],
                "part": f"AD{suffix}",
                "name": measured.field.name,
                "value": decimal(measured.counted),
                "unit": measured.field.unit,
                "source": text(Text("活动记录", "the activity record")),
                "title": text(measured.field.meaning),
            }
        )
    return rows


def _refuse_unknown(shipped: Library, behavior: Behavior, given: dict[str, Fraction]) -> None:
    known = {name for methodology in shipped.for_behavior(behavior.number) for name in methodology.fields}
    for name in given:
        if name not in known:
            raise Refusal(
                "field_unknown",
                Text("没有字段“{n}”；可用：{k}。", "There is no field “{n}”; there are: {k}.").format(
                    n=name, k=", ".join(sorted(known))
                ),
                field=name,
            )


def _describe(shipped: Library, behavior: Behavior, *, as_json: bool) -> None:
    documents = shipped.for_behavior(behavior.number)
    if as_json:
        print_json(
            {
                "behavior": behavior.code,
                "number": behavior.number,
                "name": text(behavior.name),
                "fields": _all_fields(documents),
                "methodologies": [_described(m) for m in documents],
            }
        )
        return
    console.print(f"[bold]{behavior.number} {tell(behavior.name)}[/] ({behavior.code})")
    for methodology in documents:
        places = ", ".join(tell(region_name(region)) for region in methodology.regions)
        console.print(f"\n{tell(methodology.title)}  [dim]{methodology.code} {methodology.version} · {places}[/]")
        for variant in methodology.variants:
            console.print(f"  --variant {variant.name}: {' '.join(variant.requires)}  [dim]{tell(variant.title)}[/]")
        columns = [
            (say("字段", "field"), "left"),
            (say("单位", "unit"), "left"),
            (say("最小", "least"), "right"),
            (say("最大", "most"), "right"),
            (say("步长", "step"), "right"),
            (say("含义", "meaning"), "left"),
        ]
        rows = [
            (f.name, f.unit, decimal(f.least), decimal(f.most), decimal(f.step), tell(f.meaning))
            for f in methodology.fields.values()
        ]
        print_table("", columns, rows)


def _described(methodology: Methodology) -> Json:
    return {
        "methodology": methodology.code, "version": methodology.version, "status": methodology.status,
        "title": text(methodology.title), "regions": list(methodology.regions),
        "variants": {v.name: {"requires": list(v.requires), "title": text(v.title)} for v in methodology.variants},
        "fields": _all_fields((methodology,)),
    }  # fmt: skip


def _all_fields(methodologies: tuple[Methodology, ...]) -> list[Json]:
    fields = {field.name: field for methodology in reversed(methodologies) for field in methodology.fields.values()}
    return [
        {
            "name": field.name, "unit": field.unit, "min": decimal(field.least), "max": decimal(field.most),
            "step": decimal(field.step), "rounding": field.rounding, "meaning": text(field.meaning),
        }
        for field in fields.values()
    ]  # fmt: skip


def _print(answer: Json) -> None:
    console.print(
        f"[bold]{told(answer['name'])}[/]  {told(answer['title'])}  [dim]{answer['methodology']} {answer['version']} · "
        f"{answer['variant']} · {' → '.join(answer['region_fallback'])} · {answer['on']}[/]"
    )
    root = Tree(
        f"[bold green]{answer['reduction_mg']:,} mg[/] CO2e = {answer['baseline_mg']:,} − {answer['project_mg']:,}"
    )
    for node in answer["tree"]:
        branch = root.add(
            f"{'−' if node['side'] == 'project' else '+'} {told(node['title'])}: {node['emission_mg']} mg"
        )
        for row in answer["terms"]:
            if row["term"] == node["term"]:
                branch.add(operand_line(row))
    console.print(root)
    console.print(f"[dim]{told(answer['rounding'])}[/]")
