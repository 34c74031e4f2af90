"""Settling with more persons and after more records: the slowest should have at least 0.7 of the speed of the fastest.

Each run begins with a checkpoint, after which PostgreSQL logs every page whole that it touches for the first time. That costs up
to as much again, and lasts until most pages were touched; in operation it comes every quarter of an hour or every 8 GB of log, so
the clock starts after it, at the same number of batches for all.
Persons do as much a day whatever their number. Runs come one after another, each from a database of its own, so that a
noisy minute counts against the target.
"""

import gc

from bench.database import as_owner, begin_anew, load_history, say
from bench.records import batches
from bench.settle import TURN, Clock, open_bench_scheme, settle, turns

SIZE, COUNT = 10_000, 30
WARM_UP = 6  # turns


def rate(*, persons: int, stored: int) -> dict[str, object]:
    """Activities per second with so many persons, after so many records."""
    say(f"growth: {persons:,} persons, {stored:,} records stored")
    begin_anew(persons)
    load_history(stored, persons=persons)
    with as_owner() as connection:
        connection.execute("CHECKPOINT")
    scheme, clock = open_bench_scheme(), Clock()
    work = batches(persons=persons, count=COUNT + WARM_UP * TURN, size=SIZE)
    for number, turn in enumerate(turns(work)):
        (clock if number >= WARM_UP else Clock()).time(settle, scheme, turn)
    gc.collect()
    return {
        "persons": persons, "stored": stored, "activities_per_s": round(clock.rate(SIZE)),
        "server_cpu_us": round(clock.cpu_us(SIZE), 2),
    }  # fmt: skip


def run(*, quick: bool = False) -> dict[str, object]:
    """The figures of this benchmark."""
    by = 10 if quick else 1
    sizes = ((100_000, 1_000_000), (1_000_000, 1_000_000), (5_000_000, 1_000_000), (1_000_000, 20_000_000))
    runs = [rate(persons=persons // by, stored=stored // by) for persons, stored in sizes]
    rates = [run["activities_per_s"] for run in runs]
    costs = [run["server_cpu_us"] for run in runs]
    return {
        "benchmark": "growth", "slowest_of_fastest": round(min(rates) / max(rates), 3),
        "by_server_cpu": round(min(costs) / max(costs), 3), "runs": runs,
    }  # fmt: skip
