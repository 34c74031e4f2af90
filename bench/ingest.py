"""Rows per second from a CSV file to committed books, and the most memory that takes, in a process of its own."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django
import polars as pl

from bench.records import DOCUMENTS, KINDS, NAMESPACE, NOW, TERMS, batches
from tanhui.steps.collect.types import STEPS

UNITS = {"distance_km": 1_000, "energy_kwh": 100, "count": 1}
CHUNK = 10_000


def write_file(path: Path, *, rows: int, persons: int) -> None:
    """A CSV file with so many activities in the order of time."""
    documents = {kind.behavior: kind.document for kind in KINDS}
    amounts = [pl.col(STEPS + field) / steps for field, steps in UNITS.items()]
    with path.open("wb") as file:
        for number in range(rows // CHUNK):
            (records,) = batches(persons=persons, count=1, size=CHUNK, seed=number + 1)
            records.select(
                pl.col("record_id").alias("id"), pl.col("subject").alias("user"),
                pl.col("behavior").replace_strict(documents).alias("kind"), pl.col("region").alias("city"),
                (pl.col("occurred_at") - pl.duration(hours=number % 1_000)).dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias("began_at"),
                pl.col("duration_s").alias("seconds"), pl.coalesce(amounts).alias("amount"),
            ).write_csv(file, include_header=number == 0)  # fmt: skip


def bring_in(path: Path) -> dict[str, object]:
    """Ingests it here and now."""
    from bench.settle import open_bench_scheme  # noqa: PLC0415 - Django is set up only now
    from tanhui.flows.ingest_file import Delivery, ingest_file  # noqa: PLC0415
    from tanhui.steps.collect.mapping import load_mapping  # noqa: PLC0415

    scheme, mapping = open_bench_scheme(), load_mapping(DOCUMENTS / "feed.yaml")
    began = time.perf_counter()
    report = ingest_file(Delivery(path, mapping, TERMS, NAMESPACE), scheme=scheme, now=lambda: NOW)
    spent = time.perf_counter() - began
    return {
        "rows": report.read, "accepted": report.rows["accepted"], "rows_per_s": round(report.read / spent),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def run(*, quick: bool = False) -> dict[str, object]:
    """The figures of this benchmark."""
    from bench.database import begin_anew, say  # noqa: PLC0415 - Django is set up only now

    rows, persons = (100_000, 100_000) if quick else (5_000_000, 1_000_000)
    say(f"ingest: writing {rows:,} rows")
    begin_anew(persons)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "activities.csv"
        write_file(path, rows=rows, persons=persons)
        say(f"ingest: bringing in {path.stat().st_size // 2**20} MB")
        command = [sys.executable, "-m", "bench.ingest", str(path)]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return {"benchmark": "ingest", "persons": persons, **json.loads(answer.stdout)}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(bring_in(Path(sys.argv[1]))))
