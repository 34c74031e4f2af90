"""Coefficients as people read them: grams per unit of activity."""

from fractions import Fraction
from math import prod

from tanhui.core.described import decimal
from tanhui.core.methodology import Methodology
from tanhui.steps.quantify.difference import NG_PER_G, per_unit

__all__ = ["NG_PER_G", "grams_per_unit", "per_unit"]


def grams_per_unit(methodology: Methodology, monomial: tuple[str, ...], ng_per_step: int) -> str:
    """The coefficient in grams CO2e per unit of the activity."""
    step = prod((methodology.fields[name].step for name in monomial), start=Fraction(1))
    return decimal(ng_per_step / step / NG_PER_G)
