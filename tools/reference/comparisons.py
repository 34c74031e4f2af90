"""What others published for the same behavior beside what ours gives, the ratio, and why they differ."""

from fractions import Fraction

from tools.reference.page import AS_OF, Page

from tanhui.core.coefficients import Coefficient
from tanhui.core.described import decimal
from tanhui.core.methodology import Comparison, Methodology
from tanhui.core.regions import region_name
from tanhui.core.trace import quantify_one
from tanhui.steps.quantify.library import Library

MG = {"kgCO2e": 10**6, "gCO2e": 10**3, "kg": 10**6, "g": 10**3}


def write_comparisons(page: Page, shipped: Library, methodology: Methodology, rows: tuple[Coefficient, ...]) -> None:
    """A table of the comparisons, if there are any."""
    if not methodology.comparisons:
        return
    say = page.say
    place, on = methodology.regions[0], max(AS_OF, methodology.valid_from)
    page.write(f"### {say('与公布值比较', 'Compared with published values')}")
    page.write(
        say(
            f"本方法学的数值按{region_name(place).zh}、{on} 计算；比值为本方法学除以公布值。",
            f"Ours is computed for {region_name(place).en} on {on}; the ratio is ours over the published one.",
        )
    )
    lines = []
    for comparison in methodology.comparisons:
        ours_mg = ours(shipped, methodology, rows, comparison)
        ratio = ratio_of(comparison, ours_mg)
        given = ", ".join(f"{name} {value}" for name, value in comparison.given.items())
        if comparison.variant:
            given += f" (`{comparison.variant}`)"
        lines.append(
            (f"{comparison.value} {comparison.unit}", given, f"{decimal(Fraction(ours_mg, 1000))} g",
             "–" if ratio is None else f"{float(ratio):.2f}", page.source(comparison.source), page.tell(comparison.why))
        )  # fmt: skip
    page.table(
        [say("公布值", "published"), say("活动数据", "given"), say("本方法学", "ours") + ":", say("比值", "ratio") + ":", say("来源", "source"), say("原因", "why")],
        lines,
    )  # fmt: skip


def ours(shipped: Library, methodology: Methodology, rows: tuple[Coefficient, ...], comparison: Comparison) -> int:
    """The milligrams our methodology gives for a comparison: of the variant it names, or the first whose fields are given."""
    on = max(AS_OF, methodology.valid_from)
    variant = next(
        variant for variant in methodology.variants
        if (variant.name == comparison.variant if comparison.variant else set(variant.requires) <= set(comparison.given))
    )  # fmt: skip
    row = next(
        row for row in rows
        if row.variant == variant.name and row.region == methodology.regions[0] and row.valid_from <= on
        and (row.valid_until is None or on < row.valid_until)
    )  # fmt: skip
    given = {name: Fraction(value) for name, value in comparison.given.items()}
    return quantify_one(methodology, row, given=given, on=on, gwp=shipped.gwp).reduction_mg


def ratio_of(comparison: Comparison, ours_mg: int) -> Fraction | None:
    """Ours over the published value, or None where that is no mass (of CO2e)."""
    unit = comparison.unit.replace("/", " ").split()[0]
    if unit not in MG or not Fraction(comparison.value):
        return None
    return ours_mg / (Fraction(comparison.value) * MG[unit])
