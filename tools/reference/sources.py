"""What a methodology rests on: sources with how they were read, assumptions with their reasons, values not taken."""

from tools.reference.page import Page

from tanhui.core.described import decimal
from tanhui.core.factors import Factor, Source
from tanhui.core.methodology import Methodology


def write_assumptions(page: Page, methodology: Methodology) -> None:
    """Every assumption that enters a coefficient, with its reason; and the published values that were not taken."""
    say = page.say
    assumed: dict[tuple[str, str], str] = {}
    left: dict[str, None] = {}
    for factor in factors_of(methodology):
        for value in factor.values:
            title = page.tell(factor.title)
            if value.assumption:
                number = f"{decimal(value.value, places=9)} {factor.unit}".removesuffix(" 1")
                doubt = (
                    say(f"（范围 {value.uncertainty}）", f" (range {value.uncertainty})") if value.uncertainty else ""
                )
                key = (factor.code, page.tell(value.assumption))
                assumed.setdefault(key, f"- **{title}** = {number}{doubt}. {page.tell(value.assumption)}")
            for other in value.alternatives:
                left[f"- {title}: {other.value} ({other.source}). {page.tell(other.why)}"] = None
    if assumed:
        page.write(f"### {say('假设', 'Assumptions')}")
        page.write(
            say(
                "下列数值没有已读到的来源，是假设；由其得出的减排量不可交易。",
                "These values have no source that was read; they are assumptions, and what rests on them is not tradable.",
            )
        )
        page.write("\n".join(assumed.values()))
    if left:
        page.write(f"### {say('未采用的公布值', 'Published values not taken')}")
        page.write("\n".join(left))


def write_sources(page: Page, methodology: Methodology) -> None:
    """Every source with its publisher, its year, and in what form it was read."""
    found = sources_of(methodology)
    if not found:
        return
    say = page.say
    page.write(f"### {say('来源', 'Sources')}")
    page.table(
        [say("来源", "source"), say("发布者", "publisher"), say("年份", "year"), say("阅读形式", "read as")],
        ((page.link(s), s.publisher, s.year, s.read) for s in found),
    )


def factors_of(methodology: Methodology) -> list[Factor]:
    """The factors and parameters of its terms, in order of use."""
    used = {
        operand.factor.code: operand.factor
        for variant in methodology.variants
        for term in variant.terms
        for operand in term.adjustment + term.conversion + term.emission_factor
    }
    return list(used.values())


def sources_of(methodology: Methodology) -> list[Source]:
    """Its references, and the sources of its factors, their components and its comparisons."""
    values = [value for factor in factors_of(methodology) for value in factor.values]
    every = [
        *methodology.references,
        *(value.source for value in values),
        *(component.source for value in values for component in value.components),
        *(comparison.source for comparison in methodology.comparisons),
    ]
    return list({(s.url, s.title.en): s for s in every if s is not None}.values())
