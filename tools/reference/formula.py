"""The formula of each variant with its numbers, in plain characters."""

from tools.reference.page import AS_OF, Page
from tools.reference.words import QUALITY

from tanhui.core.coefficients import TermValue, Used, evaluate
from tanhui.core.described import decimal
from tanhui.core.methodology import Methodology
from tanhui.core.regions import region_name
from tanhui.steps.quantify.library import Library

SUFFIX = {"baseline": "_BL", "project": "_PL", "coefficient": ""}


def write_formulas(page: Page, shipped: Library, methodology: Methodology) -> None:
    """Every variant: what it needs, its terms as products, and each factor with value, quality and source."""
    region = methodology.regions[0]
    on = max(AS_OF, methodology.valid_from)
    page.write(
        page.say(
            f"数值取自{region_name(region).zh}、{on}；其他地区与年份见“减排系数”。",
            f"Numbers are those of {region_name(region).en} on {on}; for other places and years see the coefficients.",
        )
    )
    for variant in methodology.variants:
        page.write(f"#### {page.tell(variant.title)} (`{variant.name}`)")
        values = evaluate(methodology, variant, region=region, on=on, gwp=shipped.gwp)
        page.write("```\n" + "\n".join(_lines(page, values)) + "\n```")
        _write_factors(page, values)


def _lines(page: Page, values: tuple[TermValue, ...]) -> list[str]:
    by_formula_4 = any(value.term.side == "coefficient" for value in values)
    head = "ER = COEF × AD" if by_formula_4 else "ER = BE − PE"
    number = page.say("公式（4）", "formula (4)") if by_formula_4 else page.say("公式（1）–（3）", "formulas (1)–(3)")
    lines = [f"{head}    {number}"]
    for value in values:
        sign = "−" if value.term.side == "project" else "+"
        product = [_written(used) for used in value.operands] + list(value.term.activity)
        gwp = [f"GWP {decimal(value.gwp.value)}"] if value.gwp else []
        lines.append(f"{sign} {page.tell(value.term.title)}")
        lines.append(f"    = {' × '.join(product + gwp)}")
    return lines


def _written(used: Used) -> str:
    value = f"{decimal(used.found.value, places=9)} {used.operand.factor.unit}".removesuffix(" 1")
    return {"plain": value, "inverse": f"1 / ({value})", "complement": f"(1 − {value})"}[used.operand.form]


def _write_factors(page: Page, values: tuple[TermValue, ...]) -> None:
    rows = {}
    for value in values:
        suffix = SUFFIX[value.term.side]
        groups = (("BAF", value.adjustment), ("TF", value.conversion), ("EF", value.emission_factor))
        for part, group in groups:
            for used in group:
                rows[part + suffix, used.operand.factor.code] = (part + suffix, used)
    page.table(
        [page.say("项", "part"), page.say("因子", "factor"), page.say("数值", "value") + ":", page.say("单位", "unit"), page.say("质量", "quality"), page.say("来源", "source")],
        (_row(page, part, used) for part, used in rows.values()),
    )  # fmt: skip


def _row(page: Page, part: str, used: Used) -> tuple[str, ...]:
    factor, found = used.operand.factor, used.found
    where = page.source(found.source) if found.source else page.say("见“假设”", "see the assumptions")
    if found.source and found.where:
        where += page.say(f"，{found.where}", f", {found.where}")
    value = decimal(found.value, places=9)
    return (
        part,
        f"{page.tell(factor.title)} `{factor.code}`",
        value,
        factor.unit,
        page.tell(QUALITY[found.quality]),
        where,
    )
