"""The index: the 59 behaviors with their methodologies at a glance."""

from itertools import groupby

from tools.reference.page import Page, page_name
from tools.reference.words import EVIDENCE, STATUS

from tanhui.core.methodology import Behavior
from tanhui.core.regions import region_name
from tanhui.core.text import Language
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify.coverage import factors_used, shipped_cases
from tanhui.steps.quantify.library import Library


def index_page(shipped: Library, language: Language) -> str:
    """The index in a language."""
    page = Page(language)
    say = page.say
    other = page_name("README", "en" if language == "zh" else "zh")
    found = shipped.methodologies
    cases = shipped_cases()
    page.write(f"# {say('方法学参考', 'Reference of methodologies')}")
    page.write(
        say(
            f"附录 A 的 59 种绿色低碳行为、{len(found)} 个方法学、{sum(cases.values())} 个算例。每页由计算所用的同一份文件生成。[排放因子](factors.zh-CN.md) · [与公布的算例对照](published.zh-CN.md) · [方法学文件格式](methodology-format.md) · [English]({other})",
            f"The 59 behaviors of Appendix A, {len(found)} methodologies, {sum(cases.values())} cases. Each page is generated from the documents that compute. [Emission factors](factors.md) · [Published examples beside ours](published.md) · [Format of a methodology](methodology-format.md) · [中文]({other})",
        )
    )
    for category, group in groupby(behaviors(), key=lambda behavior: behavior.category):
        page.write(f"## {page.tell(category)}")
        page.table(
            ["#:", say("行为", "behavior"), say("方法学", "methodology"), say("地区", "regions"), say("状态", "status"), say("证据", "evidence"), say("有来源", "sourced") + ":", say("假设", "assumed") + ":", say("算例", "cases") + ":"],
            (row for behavior in group for row in _rows(page, shipped, behavior, cases)),
        )  # fmt: skip
    return str(page)


def _rows(page: Page, shipped: Library, behavior: Behavior, cases: dict[str, int]) -> list[tuple[object, ...]]:
    name = page_name(f"{behavior.number:02d}-{behavior.code}", page.language)
    rows: list[tuple[object, ...]] = []
    for number, m in enumerate(reversed(shipped.for_behavior(behavior.number))):
        sourced, assumed = factors_used(m)
        first = (behavior.number, f"[{page.tell(behavior.name)}](behaviors/{name})") if number == 0 else ("", "")
        rows.append(
            (*first, f"`{m.code}`", ", ".join(page.tell(region_name(r)) for r in m.regions), page.tell(STATUS[m.status]),
             page.tell(EVIDENCE[m.evidence]), len(sourced), len(assumed), cases.get(m.code, 0))
        )  # fmt: skip
    return rows
