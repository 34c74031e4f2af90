"""Coefficients as people read them: grams per unit of activity."""

from fractions import Fraction
from math import prod

from tanhui.core.described import decimal
from tanhui.core.methodology import Methodology

NG_PER_G = 10**9


def grams_per_unit(methodology: Methodology, monomial: tuple[str, ...], ng_per_step: int) -> str:
    """The coefficient in grams CO2e per unit of the activity."""
    step = prod((methodology.fields[name].step for name in monomial), start=Fraction(1))
    return decimal(ng_per_step / step / NG_PER_G)


def per_unit(methodology: Methodology, monomial: tuple[str, ...]) -> str:
    """The unit of the activity."""
    return "·".join(methodology.fields[name].unit for name in monomial)
