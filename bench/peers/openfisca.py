"""The five formulas as OpenFisca variables: each reads its activity and place, and multiplies by dated factors of the place.

Generous to it: each formula is asked only for the records it is for, and only the calculation is timed.
"""

import time

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.records import CITIES, KINDS, NOW, bench_library
from tanhui.core.factors import Factor

PERIOD = "2026-06"
Record = build_entity(key="record", plural="records", label="An activity record", is_person=True)
City = Enum("City", {f"c{city}": f"c{city}" for city in CITIES})
POWER = {"metro": 0.035, "e-bike": 0.012, "own-cup": 0.06}


class city(Variable):  # noqa: N801, D101 - OpenFisca names a variable by its class
    value_type, possible_values, default_value = Enum, City, City.c440300
    entity, definition_period = Record, MONTH


class activity(Variable):  # noqa: N801, D101
    value_type, entity, definition_period = float, Record, MONTH


def _trip_by_power(power: float):
    def formula(record, period, parameters):
        place = record("city", period)
        factors = parameters(period)
        saved_g = factors.trip[place] - power * 1000 * factors.electricity[place]
        return np.floor(record("activity", period) * saved_g)

    return formula


def _electricity(share: float):
    def formula(record, period, parameters):
        return np.floor(
            record("activity", period) * share * 1e6 * parameters(period).electricity[record("city", period)]
        )

    return formula


def _variables() -> list[type[Variable]]:
    formulas = {
        "metro": _trip_by_power(POWER["metro"]), "cycling": _trip_by_power(0.0), "e-bike": _trip_by_power(POWER["e-bike"]),
        "electricity-saving": _electricity(0.01), "own-cup": _electricity(POWER["own-cup"]),
    }  # fmt: skip
    common = {"value_type": float, "entity": Record, "definition_period": MONTH}
    return [
        type(name.replace("-", "_"), (Variable,), common | {"formula": formula}) for name, formula in formulas.items()
    ]


def _by_city(factor: Factor) -> dict[str, object]:
    """The factor's value in each city from each January, as OpenFisca writes dated parameters."""
    return {
        f"c{place}": {"values": {f"{year}-01-01": {"value": _at(factor, place, year)} for year in range(2024, 2027)}}
        for place in CITIES
    }


def _at(factor: Factor, place: str, year: int) -> float:
    found = factor.at(region=place, on=NOW.date().replace(year=year))
    assert found is not None
    return float(found.value)


def activities_per_second(*, records: int) -> float:
    """How many it computes in a second."""
    system = TaxBenefitSystem([Record])
    factors = bench_library().factors
    system.parameters = ParameterNode(
        "", data={"electricity": _by_city(factors["bench.electricity"]), "trip": _by_city(factors["bench.trip"])}
    )
    system.add_variables(city, activity, *_variables())
    rng = np.random.default_rng(1)
    each = records // len(KINDS)
    spent = 0.0
    for kind in KINDS:
        simulation = SimulationBuilder().build_default_simulation(system, count=each)
        simulation.set_input(
            "city", PERIOD, np.array([f"c{place}" for place in CITIES])[rng.integers(len(CITIES), size=each)]
        )
        simulation.set_input("activity", PERIOD, rng.integers(1, 20_000, size=each).astype(np.float32))
        began = time.perf_counter()
        simulation.calculate(kind.document.replace("-", "_"), PERIOD)
        spent += time.perf_counter() - began
    return each * len(KINDS) / spent
