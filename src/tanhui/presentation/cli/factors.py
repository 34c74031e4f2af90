"""`tanhui factors`: the emission factors with their sources, and which of them are running out (7.3.3.1, 7.3.3.2)."""

from datetime import date
from itertools import groupby
from typing import Any

import click

from tanhui.core.described import Json, decimal, describe_value, text
from tanhui.core.factors import Factor, FactorValue
from tanhui.core.regions import NATION, fallback, region_name
from tanhui.presentation.cli.books import today
from tanhui.presentation.cli.language import say, tell, told
from tanhui.presentation.cli.output import console, json_option, print_json, print_table
from tanhui.steps.quantify.catalogue import Due, due_factors, factor_named, factor_value
from tanhui.steps.quantify.library import library

QUALITIES = {
    "official": say("官方公布", "official"),
    "standard": say("标准", "standard"),
    "peer-reviewed": say("同行评议", "peer-reviewed"),
    "press": say("媒体转述", "press"),
    "operator": say("运营方公布", "operator"),
    "secondary": say("二手资料", "secondary"),
    "definition": say("定义", "definition"),
    "assumption": say("假设", "assumption"),
}
SHOWN = 3
ASSUMPTION = say("假设", "assumption")


@click.group(help=say("排放因子：列表、详情、到期日历。", "Emission factors: list, show, calendar."))
def factors() -> None:
    """The commands about factors."""


@factors.command("list", help=say("列出因子。", "List the factors."))
@click.option("--search", help=say("只列出代码或名称含此文字的因子", "Only those with this text in code or title"))
@json_option
def list_factors(search: str | None, *, as_json: bool) -> None:
    """Lists the factors with the value that holds in the nation, or else in the first of their regions, today."""
    on = today()
    found = [factor for factor in library().factors.values() if search is None or _matches(factor, search)]
    if as_json:
        print_json({"on": on.isoformat(), "factors": [_listed(factor, on) for factor in found]})
        return
    columns = [
        (say("代码", "code"), "whole"), (say("数值", "value"), "right"), (say("单位", "unit"), "left"),
        (say("地区数", "regions"), "right"), (say("质量", "quality"), "left"), (say("名称", "title"), "left"),
    ]  # fmt: skip
    rows = []
    for factor in found:
        value = _current(factor, on)
        number, quality = (decimal(value.value), QUALITIES[value.quality]) if value else ("–", "–")
        regions = len({each.region for each in factor.values})
        rows.append((factor.code, number, factor.unit, regions, quality, tell(factor.title)))
    print_table(say(f"{len(found)} 个因子", f"{len(found)} factors"), columns, rows)


@factors.command(help=say("显示一个因子及其来源。", "Show one factor and its source."))
@click.argument("code")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help=say("日期，默认今天", "Day (today)"))
@click.option("--region", default=NATION, help=say("地区代码，默认 CN", "Region code (CN)"))
@json_option
def show(code: str, on: Any, region: str, *, as_json: bool) -> None:
    """Shows the value that holds there and then, with where it comes from."""
    day = on.date() if on else today()
    chain = fallback(region)
    factor = factor_named(library().factors, code)
    value = factor_value(factor, region=region, on=day)
    answer: Json = {"code": factor.code, "title": text(factor.title), **describe_value(value, factor.unit)}
    answer |= {
        "on": day.isoformat(), "region_asked": region, "region_fallback": list(chain[: chain.index(value.region) + 1]),
        "expires": value.expires.isoformat() if value.expires else None,
        "uncertainty": value.uncertainty or None,
        "components": answer.get("components", []), "alternatives": answer.get("alternatives", []),
        "regions": sorted({each.region for each in factor.values}),
    }  # fmt: skip
    if as_json:
        print_json(answer)
    else:
        _print(answer, value)


@factors.command(help=say("即将到期或已到期的因子。", "Factors about to expire, or expired."))
@click.option("--within", default=90, show_default=True, type=click.IntRange(min=0), help=say("天数", "Days ahead"))
@json_option
def calendar(within: int, *, as_json: bool) -> None:
    """Lists what must be renewed, the most urgent first."""
    on = today()
    due = due_factors(library().factors, on=on, within=within)
    if as_json:
        rows = [
            {
                "code": each.factor.code, "title": text(each.factor.title), "region": each.value.region,
                "value": decimal(each.value.value), "unit": each.factor.unit, "expires": each.ends.isoformat(),
                "days": each.days, "status": "expired" if each.expired else "expiring",
                "source": each.value.source.code if each.value.source else None,
            }
            for each in due
        ]  # fmt: skip
        print_json({"on": on.isoformat(), "within_days": within, "factors": rows})
        return
    if not due:
        console.print(say(f"{within} 天内没有因子到期。", f"No factor expires within {within} days."))
        return
    columns = [
        (say("到期", "expires"), "whole"), (say("天", "days"), "right"), (say("状态", "status"), "left"),
        (say("代码", "code"), "whole"), (say("地区", "regions"), "left"),
    ]  # fmt: skip
    states = {True: say("已到期", "expired"), False: say("即将到期", "expiring")}
    rows_of = groupby(due, key=lambda each: (each.ends, each.days, each.expired, each.factor.code))
    print_table(
        say(f"{within} 天内到期的因子", f"Factors that expire within {within} days"), columns,
        ((ends, days, states[expired], code, _regions(list(group))) for (ends, days, expired, code), group in rows_of),
    )  # fmt: skip


def _regions(due: list[Due]) -> str:
    names = ", ".join(tell(region_name(each.value.region)) for each in due[:SHOWN])
    return names if len(due) <= SHOWN else say(f"{names} 等 {len(due)} 个", f"{names} and {len(due) - SHOWN} more")


def _matches(factor: Factor, search: str) -> bool:
    return any(search.lower() in written.lower() for written in (factor.code, factor.title.zh, factor.title.en))


def _current(factor: Factor, on: date) -> FactorValue | None:
    return factor.at(region=NATION, on=on) or next((value for value in factor.values if value.holds_on(on)), None)


def _listed(factor: Factor, on: date) -> Json:
    value = _current(factor, on)
    return {
        "code": factor.code, "title": text(factor.title), "unit": factor.unit,
        "value": decimal(value.value) if value else None, "region": value.region if value else None,
        "quality": value.quality if value else None,
        "expires": value.expires.isoformat() if value and value.expires else None,
        "regions": sorted({each.region for each in factor.values}), "values": len(factor.values),
    }  # fmt: skip


def _print(answer: Json, value: FactorValue) -> None:
    console.print(f"[bold]{told(answer['title'])}[/]  [dim]{answer['code']}[/]")
    console.print(f"[bold green]{answer['value']}[/] {answer['unit']}", end="")
    for component in value.components:
        console.print(f"\n  × {decimal(component.value)} {component.unit}  [dim]{component.name}[/]", end="")
    console.print()
    way = " → ".join(tell(region_name(place)) for place in answer["region_fallback"])
    until = answer["valid_until"] or say("被替代为止", "replaced")
    lines = [
        (say("地区", "region"), way),
        (say("有效期", "valid"), say(f"{answer['valid_from']} 起，至 {until}", f"from {answer['valid_from']} until {until}")),
        (say("质量", "quality"), QUALITIES[value.quality]),
        (say("不确定性", "uncertainty"), answer["uncertainty"]),
        (say("到期", "expires"), answer["expires"]),
        (say("来源", "source"), _source(value)),
        (ASSUMPTION, tell(value.assumption) if value.assumption else ""),
        (say("说明", "note"), tell(value.note) if value.note else ""),
    ]  # fmt: skip
    lines += [(say("未采用", "not taken"), f"{a.value} ({a.source}): {tell(a.why)}") for a in value.alternatives]
    for heading, line in lines:
        if line:
            console.print(f"[dim]{heading}[/]  ", end="")
            console.print(line, markup=False)


def _source(value: FactorValue) -> str:
    if value.source is None:
        return ""
    where = f", {value.where}" if value.where else ""
    source = value.source
    return f"{tell(source.title)} ({source.publisher}, {source.year}{where}) {source.url} [{source.read}]"
