"""Factors as people ask for them: one by its code, its value in a place on a day, and those whose time is running out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import groupby

from tanhui.core.factors import Factor, FactorValue
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

MOST_NEAR = 5


@dataclass(frozen=True, slots=True)
class Due:
    """A value in use that must be renewed: `ends` is the first day it should no longer be used, `days` until then."""

    factor: Factor
    value: FactorValue
    ends: date
    days: int

    @property
    def expired(self) -> bool:
        """Whether that day has come."""
        return self.days <= 0


def factor_named(factors: Mapping[str, Factor], code: str) -> Factor:
    """The factor of that code. Raises `Refusal` that names the nearest codes when there is none."""
    if code in factors:
        return factors[code]
    within = [name for name in sorted(factors) if code and code.lower() in name]
    near = list(dict.fromkeys([*get_close_matches(code, factors, n=MOST_NEAR, cutoff=0.5), *within]))[:MOST_NEAR]
    text = Text("没有因子“{c}”", "There is no factor “{c}”").format(c=code)
    hint = (
        Text("；相近的有：{n}。", "; near to it: {n}.") if near else Text("；用 {n} 查看全部。", "; see all with {n}.")
    )
    hint = hint.format(n=", ".join(near) if near else "tanhui factors list")
    raise Refusal("factor_unknown", Text(text.zh + hint.zh, text.en + hint.en), field="code")


def factor_value(factor: Factor, *, region: str, on: date) -> FactorValue:
    """The factor's value there and then. Raises `Refusal` that names the first day it has one."""
    found = factor.at(region=region, on=on)
    if found is None:
        first = min(value.valid_from for value in factor.values)
        text = Text(
            "因子 {f} 在地区 {r}、日期 {d} 没有数值；最早的数值自 {s} 起有效。",
            "The factor {f} has no value in region {r} on {d}; its earliest begins on {s}.",
        )
        raise Refusal("factor_missing", text.format(f=factor.code, r=region, d=on, s=first), field="on")
    return found


def due_factors(factors: Mapping[str, Factor], *, on: date, within: int) -> list[Due]:
    """The values that expire, or end without a successor, up to `within` days after `on`; the most urgent first."""
    found = [due for factor in factors.values() for due in _due(factor, on) if due.days <= within]
    return sorted(found, key=lambda due: (due.ends, due.factor.code, due.value.region))


def _due(factor: Factor, on: date) -> Iterator[Due]:
    by_region = sorted(factor.values, key=lambda value: (value.region, value.valid_from))
    for _, group in groupby(by_region, key=lambda value: value.region):
        values = [value for value in group if value.valid_from <= on]
        if not values:
            continue
        newest = values[-1]
        succeeded = any(
            newest.valid_until == other.valid_from for other in factor.values if other.region == newest.region
        )
        ends = [newest.expires, None if succeeded else newest.valid_until]
        if dates := [day for day in ends if day is not None]:
            yield Due(factor, newest, min(dates), (min(dates) - on) // timedelta(days=1))
