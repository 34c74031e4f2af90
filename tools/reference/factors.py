"""The page of all factors: value, unit, quality and source; electricity by region and year."""

from itertools import groupby

from tools.reference.page import AS_OF, Page, page_name
from tools.reference.words import QUALITY

from tanhui.core.described import decimal
from tanhui.core.factors import Factor, FactorValue, Source
from tanhui.core.regions import NATION, region_name
from tanhui.core.text import Language, Text
from tanhui.steps.quantify.library import Library

GROUPS = {
    "appliance": Text("家电", "Appliances"), "digital": Text("数字服务", "Digital services"), "food": Text("食物", "Food"),
    "fuel": Text("燃料", "Fuels"), "grid": Text("电力", "Electricity"), "gwp": Text("全球增温潜势", "Global warming potentials"),
    "material": Text("材料", "Materials"), "paper": Text("纸张", "Paper"), "plastic": Text("塑料", "Plastics"),
    "printing": Text("印刷", "Printing"), "product": Text("产品", "Products"), "textile": Text("纺织品", "Textiles"),
    "transport": Text("交通", "Transport"), "waste": Text("废弃物", "Waste"), "water": Text("水", "Water"),
}  # fmt: skip


def factors_page(shipped: Library, language: Language) -> str:
    """The page in a language."""
    page = Page(language)
    say = page.say
    other = page_name("factors", "en" if language == "zh" else "zh")
    every = list(shipped.factors.values())
    page.write(f"# {say('排放因子', 'Emission factors')}")
    page.write(
        say(
            f"{len(every)} 个因子（7.3.3.2），数值为 {AS_OF} 有效者。标为**假设**的没有已读到的来源。`tanhui factors show CODE` 给出地区、组成与未采用的数值。[全部行为](README.zh.md) · [English]({other})",
            f"{len(every)} factors (7.3.3.2), each with the value that holds on {AS_OF}. What is marked **assumption** has no source that was read. `tanhui factors show CODE` gives regions, components and the values not taken. [All behaviors](README.md) · [中文]({other})",
        )
    )
    ordered = sorted(every, key=lambda factor: factor.code.split(".")[0])
    for group, factors in groupby(ordered, key=lambda factor: factor.code.split(".")[0]):
        page.write(f"## {page.tell(GROUPS.get(group, Text(group, group)))}")
        page.table(
            [say("代码", "code"), say("名称", "title"), say("数值", "value") + ":", say("单位", "unit"), say("质量", "quality"), say("来源", "source"), say("到期", "expires")],
            (_row(page, factor) for factor in factors),
        )  # fmt: skip
    _write_by_region(page, every)
    _write_sources(page, every)
    return str(page)


def _current(factor: Factor) -> FactorValue:
    found = factor.at(region=NATION, on=AS_OF)
    return found or next((v for v in factor.values if v.holds_on(AS_OF)), factor.values[-1])


def _row(page: Page, factor: Factor) -> tuple[object, ...]:
    value = _current(factor)
    regions = len({each.region for each in factor.values})
    place = (
        ""
        if value.region == NATION
        else page.say(f"（{region_name(value.region).zh}）", f" ({region_name(value.region).en})")
    )
    more = page.say(f" · {regions} 个地区", f" · {regions} regions") if regions > 1 else ""
    where = page.source(value.source) if value.source else page.tell(value.assumption)
    return (
        f"`{factor.code}`", page.tell(factor.title) + place + more, decimal(value.value, places=9), factor.unit,
        page.tell(QUALITY[value.quality]), where, value.expires or "",
    )  # fmt: skip


def _write_by_region(page: Page, every: list[Factor]) -> None:
    for factor in every:
        regions = list(dict.fromkeys(value.region for value in factor.values))
        if len(regions) < 2:
            continue
        starts = sorted({value.valid_from for value in factor.values})
        page.write(f"## {page.tell(factor.title)} (`{factor.code}`, {factor.unit})")
        page.table(
            [page.say("地区", "region"), *(page.say(f"{day} 起:", f"from {day}:") for day in starts)],
            (
                [page.tell(region_name(region)), *(_at(factor, region, day) for day in starts)]
                for region in sorted(regions, key=lambda r: (r != NATION, r))
            ),
        )


def _at(factor: Factor, region: str, day: object) -> str:
    found = next((v for v in factor.values if v.region == region and v.holds_on(day)), None)  # type: ignore[arg-type]
    mark = "\\*" if found and found.assumption else ""
    return f"{decimal(found.value, places=9)}{mark}" if found else ""


def _write_sources(page: Page, every: list[Factor]) -> None:
    sources: dict[tuple[str, str], Source] = {}
    for factor in every:
        for value in factor.values:
            for source in (value.source, *(component.source for component in value.components)):
                if source is not None:
                    sources[source.url, source.title.en] = source
    page.write(f"## {page.say('来源', 'Sources')}")
    page.write(page.say("表中带 \\* 的数值为假设（外推）。", "Values with \\* in a table are assumed (extrapolated)."))
    page.table(
        [page.say("来源", "source"), page.say("发布者", "publisher"), page.say("年份", "year"), page.say("阅读形式", "read as")],
        ((page.link(s), s.publisher, s.year, s.read) for s in sorted(sources.values(), key=lambda s: (s.publisher, s.year, s.url))),
    )  # fmt: skip
