"""The coefficient table of a methodology: region by period, in grams per unit of activity."""

from datetime import date
from fractions import Fraction
from math import prod

from tools.reference.page import Page

from tanhui.core.coefficients import Coefficient
from tanhui.core.described import decimal
from tanhui.core.methodology import Methodology
from tanhui.core.regions import GRID_REGIONS, NATION, region_name

NG_PER_G = 10**9


def write_coefficients(page: Page, methodology: Methodology, rows: tuple[Coefficient, ...]) -> None:
    """A table per variant and product of fields: what COEF is, by region and period."""
    page.write(
        page.say(
            "每单位活动水平的减排量（克二氧化碳当量），向下取整到每步长纳克。负值表示排放增加，不授予减排量。",
            "Grams CO2e avoided per unit of activity, rounded down to a nanogram per step. A negative one is an increase and grants nothing.",
        )
    )
    for variant in methodology.variants:
        mine = [row for row in rows if row.variant == variant.name]
        for number, monomial in enumerate(variant.monomials):
            unit = "·".join(methodology.fields[name].unit for name in monomial)
            page.write(f"**{page.tell(variant.title)}**: g / {unit} (`{' × '.join(monomial)}`)")
            step = prod((methodology.fields[name].step for name in monomial), start=Fraction(1))
            _write_table(page, methodology, {_key(r): r.reduction_ng[number] / step / NG_PER_G for r in mine}, mine)


def _key(row: Coefficient) -> tuple[str, date]:
    return row.region, row.valid_from


def _write_table(
    page: Page, methodology: Methodology, grams: dict[tuple[str, date], Fraction], rows: list[Coefficient]
) -> None:
    starts = _starts(grams)
    table: dict[tuple[Fraction | None, ...], list[str]] = {}
    for region in dict.fromkeys(row.region for row in rows):
        values = tuple(_at(grams, region, start) for start in starts)
        table.setdefault(values, []).append(region)
    headings = [page.say("地区", "region"), *(f"{start}:" for start in _shown(page, starts))]
    main, rest = [], []
    for values, regions in sorted(table.items(), key=lambda pair: _order(pair[1][0])):
        line = [
            ", ".join(page.tell(region_name(region)) for region in regions),
            *("" if v is None else decimal(v) for v in values),
        ]
        broad = any(region in methodology.regions or region == NATION or region in GRID_REGIONS for region in regions)
        (main if broad else rest).append(line)
    page.table(headings, main)
    if rest:
        page.folded(page.say("各省市", "Provinces and cities"), headings, rest)


def _starts(grams: dict[tuple[str, date], Fraction]) -> list[date]:
    """The days on which a value changes somewhere."""
    starts = sorted({start for _, start in grams})
    regions = {region for region, _ in grams}
    kept: list[date] = []
    for start in starts:
        if not kept or any(_at(grams, region, start) != _at(grams, region, kept[-1]) for region in regions):
            kept.append(start)
    return kept


def _shown(page: Page, starts: list[date]) -> list[str]:
    return [page.say(f"{start} 起", f"from {start}") for start in starts]


def _at(grams: dict[tuple[str, date], Fraction], region: str, on: date) -> Fraction | None:
    before = [start for place, start in grams if place == region and start <= on]
    return grams[region, max(before)] if before else None


def _order(region: str) -> tuple[int, str]:
    return (0 if region == NATION else 1 if region in GRID_REGIONS else 2), region
