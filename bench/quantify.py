"""Ten million activities by five methodologies with dated regional coefficients, in process.

Against NumPy multiplying the same activities by coefficients that were looked up before, and against openfisca-core computing
the same five formulas, each written as a variable as its documentation shows, its factors as dated parameters by region.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from bench.database import say
from bench.records import CITIES, KINDS, bench_library
from tanhui.core.reduction import look_up_and_multiply
from tanhui.steps.quantify.library import choose

Integers = NDArray[np.int64]
FIRST, DAYS = date(2024, 1, 1), 1096
ROUNDS = 15


def fold() -> Integers:
    """Nanograms per step by (behavior, city, day), flat."""
    library = bench_library()
    table = np.empty((len(KINDS), len(CITIES), DAYS), dtype=np.int64)
    for row, kind in enumerate(KINDS):
        for column, city in enumerate(CITIES):
            for day in range(DAYS):
                if day == 0 or (FIRST + timedelta(days=day)).day == 1:  # coefficients change at the first of a month
                    on = FIRST + timedelta(days=day)
                    found = choose(library, behavior=kind.behavior, region=city, on=on, given=[kind.field])
                table[row, column, day] = found.reduction_ng[0]
    return table.ravel()


def seconds(action: Callable[[], object]) -> float:
    """How long it takes once."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def run(*, quick: bool = False) -> dict[str, object]:
    """The figures of this benchmark."""
    records = 1_000_000 if quick else 10_000_000
    say(f"quantify: {records:,} activities")
    rng = np.random.default_rng(1)
    table = fold()
    rows = (rng.integers(len(KINDS) * len(CITIES), size=records) * DAYS).astype(np.int32)
    days = rng.integers(DAYS, size=records).astype(np.int32)
    steps = rng.integers(1, 20_000, size=records)
    looked_up = table[rows + days]
    ours, numpys = [], []
    for _ in range(ROUNDS):
        numpys.append(seconds(lambda: looked_up * steps))
        ours.append(seconds(lambda: look_up_and_multiply([table], [rows, days], [steps])))
    assert np.array_equal(look_up_and_multiply([table], [rows, days], [steps]), looked_up * steps // 10**6)
    figures: dict[str, object] = {
        "benchmark": "quantify", "records": records,
        "activities_per_s": round(records / statistics.median(ours)),
        "numpy_multiply_per_s": round(records / statistics.median(numpys)),
        "of_numpy": round(statistics.median(there / here for there, here in zip(numpys, ours, strict=True)), 3),
    }  # fmt: skip
    return figures | _against_openfisca(figures, quick=quick)


def _against_openfisca(figures: dict[str, object], *, quick: bool) -> dict[str, object]:
    try:
        from bench.peers.openfisca import activities_per_second  # noqa: PLC0415 - a package of the benchmarks alone
    except ModuleNotFoundError as missing:
        say(f"quantify: without openfisca-core ({missing.name} is not installed; see `make bench`)")
        return {}
    rate = activities_per_second(records=20_000 if quick else 100_000)
    own = figures["activities_per_s"]
    assert isinstance(own, int)
    return {"openfisca_per_s": round(rate), "of_openfisca": round(own / rate, 1)}
