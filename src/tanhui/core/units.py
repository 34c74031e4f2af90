"""Units and their conversion, exact: every number is a fraction, and what does not fit is refused.

The registry holds only the units a methodology may use. Things that are counted (rides, sheets, meals) are dimensions of
their own, so that "per sheet" never multiplies a number of meals, and a mass of CO2e is not a mass of fuel.
"""

from fractions import Fraction
from functools import lru_cache
from typing import Any

import pint

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

COUNTED = (
    "passenger vehicle ride sheet document item meal order bag cup garment device payment bill ticket visit parcel book "
    "meeting person night flight page product session household room set report"
).split()
GASES = ("CH4", "N2O", "HFC32", "HFC134a", "HFC125", "HFC143a", "HFC152a", "CF4", "C2F6", "SF6", "NF3")

_DEFINITIONS = [
    *(f"{prefix}- = {value}" for prefix, value in (("micro", "1/1000000"), ("milli", "1/1000"), ("centi", "1/100"))),
    "kilo- = 1000 = k-",
    "mega- = 1000000 = M-",
    "giga- = 1000000000 = G-",
    "tera- = 1000000000000 = T-",
    "meter = [length] = m",
    "cm = 0.01 * meter",
    "mile = 1609.344 * meter",
    "second = [time] = s",
    "minute = 60 * second = min",
    "hour = 3600 * second = h",
    "day = 86400 * second = d",
    "month = [period]",
    "year = 12 * month = a",
    "gram = [mass] = g",
    "milligram = 0.001 * gram = mg",
    "tonne = 1000000 * gram = t",
    "liter = 0.001 * meter ** 3 = L",
    "mL = 0.001 * liter",
    "m3 = meter ** 3",
    "m2 = meter ** 2",
    "joule = kilogram * meter ** 2 / second ** 2 = J",
    "watt = joule / second = W",
    "Wh = watt * hour",
    "kelvin = [temperature] = K",
    "percent = 0.01",
    "step = [step]",
    "CNY = [money]",
    "gCO2e = [co2e] = gCO2",
    "mgCO2e = 0.001 * gCO2e",
    "tCO2e = 1000000 * gCO2e = tCO2",
    "gC = [carbon]",
    "tC = 1000000 * gC",
    *(f"{name} = [{name}]" for name in COUNTED),
    *(f"g{gas} = [mass_{gas}] = gram{gas}" for gas in GASES),
]


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Any]:
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Fraction, case_sensitive=True)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


@lru_cache(maxsize=4096)
def _unit(unit: str) -> pint.Unit:
    try:
        return _registry().parse_units("dimensionless" if unit in {"", "1"} else unit)
    except Exception as problem:
        raise Refusal(
            "unit_unknown",
            Text("单位“{u}”不是本平台的单位。", "The unit “{u}” is not one this platform knows.").format(u=unit),
        ) from problem


@lru_cache(maxsize=4096)
def multiply_units(*units: str) -> str:
    """The unit of a product, as a string that `conversion` accepts. Raises `Refusal` for an unknown unit."""
    product = _unit("1")
    for unit in units:
        product = product * _unit(unit)
    return _written(product)


def invert_unit(unit: str) -> str:
    """The unit of one divided by `unit`. Raises `Refusal` for an unknown unit."""
    return _written(_unit("1") / _unit(unit))


def _written(unit: pint.Unit) -> str:
    """The unit in full, with whole powers: Python before 3.12 cannot format the fractions that pint keeps as powers."""
    powers = {name: Fraction(str(power)) for name, power in _registry().Quantity(1, unit).unit_items()}
    return " * ".join(name if power == 1 else f"{name} ** ({power})" for name, power in powers.items()) or "1"


def same_dimension(one: str, other: str) -> bool:
    """Whether two units measure the same thing. Raises `Refusal` for an unknown unit."""
    return bool(_unit(one).dimensionality == _unit(other).dimensionality)


@lru_cache(maxsize=4096)
def conversion(of: str, into: str) -> Fraction:
    """How many `into` one `of` is, exactly. Raises `Refusal` when the two do not measure the same thing."""
    if not same_dimension(of, into):
        raise Refusal(
            "unit_misfit",
            Text("单位“{a}”无法换算为“{b}”。", "The unit “{a}” cannot be converted into “{b}”.").format(a=of, b=into),
        )
    return Fraction(_registry().Quantity(Fraction(1), _unit(of)).to(_unit(into)).magnitude)


def gas_of(unit: str) -> str | None:
    """The gas whose mass `unit` measures ("CO2e", "CH4", …), or None when it measures something else."""
    if same_dimension(unit, "gCO2e"):
        return "CO2e"
    return next((gas for gas in GASES if same_dimension(unit, f"g{gas}")), None)
