"""Activities per second from columns in memory to committed books, against a raw COPY of the same rows and django-hordak.

Persons are looked up, duplicates and overlaps found, caps kept, records quantified, posted, balances and points brought up
to date, in batches of 10,000 with durability on. After each turn of batches the same rows are copied, as PostgreSQL's binary format,
into a table with the same columns and indexes and nothing else. Both take turns, so that both have the same noise.
"""

import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import polars as pl
import psycopg
from numpy.typing import NDArray

from bench.database import (
    COPY_BEGIN,
    COPY_END,
    SECRET,
    as_owner,
    begin_anew,
    copy_of_postings,
    cpu_seconds,
    load_history,
    say,
    server,
)
from bench.records import NAMESPACE, NOW, TERMS, batches, bench_library
from tanhui.flows.ahead import one_ahead
from tanhui.flows.record_activities import Recorded, Recorder, Sender
from tanhui.flows.scheme import Scheme, open_scheme
from tanhui.support.ledger.types import POSTING_COLUMNS

WARM_UP = 1  # turns
TURN = 10  # batches: the first of each is not prepared ahead
Result = TypeVar("Result")


@dataclass
class Clock:
    """Seconds and processor seconds of the server, turn by turn."""

    seconds: list[float] = field(default_factory=list)
    server_cpu: list[float] = field(default_factory=list)

    def time(self, action: Callable[..., Result], *arguments: object) -> Result:
        """What the action returns."""
        cpu, began = cpu_seconds(), time.perf_counter()
        result = action(*arguments)
        self.seconds.append(time.perf_counter() - began)
        self.server_cpu.append(cpu_seconds() - cpu)
        return result

    def rate(self, size: int) -> float:
        """Rows per second, over all batches."""
        return size * TURN * len(self.seconds) / sum(self.seconds)

    def cpu_us(self, size: int) -> float:
        """Microseconds of the server's processors per row, in the middle batch: a process that ends falls out of the sum."""
        return 1e6 * statistics.median(self.server_cpu) / size / TURN


def open_bench_scheme() -> Scheme:
    """The benchmarks' methodologies with the shipped rule of conversion."""
    return open_scheme(secret=SECRET, now=NOW, library=bench_library())


def settle(scheme: Scheme, turn: list[pl.DataFrame]) -> list[Recorded]:
    """Books some batches as a file's are booked: one is prepared while the one before it is on its way."""
    recorder = Recorder(Sender(TERMS, NAMESPACE, "bench"), scheme)
    ready = one_ahead(recorder.prepare(records, now=NOW) for records in turn)
    return [recorder.record(prepared, now=NOW) for prepared in ready]


def turns(work: list[pl.DataFrame]) -> list[list[pl.DataFrame]]:
    """The batches in turns of `TURN`."""
    return [work[start : start + TURN] for start in range(0, len(work), TURN)]


class RawTable:
    """A table like the postings', with the same columns and indexes and no triggers, filled by COPY alone."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.columns = ", ".join(name for name, _ in POSTING_COLUMNS)
        copy_of_postings(connection, "bench_raw")

    def rows_of(self, keys: NDArray[np.void]) -> bytes:
        """The postings of these keys in their order, as binary COPY data."""
        with self.connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE IF NOT EXISTS bench_keys (wanted uuid, place serial)")
            cursor.execute("TRUNCATE bench_keys")
        body = b"".join(b"\x00\x01\x00\x00\x00\x10" + key.tobytes() for key in keys)
        with self.connection.cursor().copy("COPY bench_keys (wanted) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(COPY_BEGIN + body + COPY_END)
        query = (
            f"COPY (SELECT {self.columns} FROM bench_keys JOIN ledger_posting ON key = wanted ORDER BY place) "
            "TO STDOUT (FORMAT BINARY)"
        )
        with self.connection.cursor().copy(query) as copy:
            return b"".join(copy)

    def copy_in(self, batches: list[bytes]) -> None:
        """Copies them in, batch by batch, each with its commit."""
        for rows in batches:
            self._copy(rows)

    def _copy(self, rows: bytes) -> None:
        with self.connection.cursor().copy(f"COPY bench_raw ({self.columns}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(rows)


def take_turns(scheme: Scheme, work: list[pl.DataFrame], raw: RawTable) -> tuple[Clock, Clock, int]:
    """Settles and copies each batch; the clocks of both, the first few batches aside, and how many were accepted."""
    settling, copying, accepted = Clock(), Clock(), 0
    for number, turn in enumerate(turns(work)):
        clocks = (settling, copying) if number >= WARM_UP else (Clock(), Clock())
        recorded = clocks[0].time(settle, scheme, turn)
        accepted += sum(len(batch.verdicts.standing) for batch in recorded)
        clocks[1].time(raw.copy_in, [raw.rows_of(batch.keys[batch.verdicts.standing]) for batch in recorded])
    return settling, copying, accepted


def run(*, quick: bool = False) -> dict[str, object]:
    """The figures of this benchmark."""
    persons, history, count, size = (100_000, 100_000, 20, 10_000) if quick else (1_000_000, 2_000_000, 50, 10_000)
    say(f"settle: loading {persons:,} persons, {history:,} records")
    begin_anew(persons)
    load_history(history, persons=persons)
    scheme = open_bench_scheme()
    with as_owner() as connection:
        raw = RawTable(connection)
        figures: dict[str, object] = {"benchmark": "settle", "persons": persons, "stored": history, "batch": size}
        for name, seed, uuids in (("", 1, False), ("_uuid4", 2, True)):
            say(f"settle: {count} batches{name}")
            work = batches(persons=persons, count=count + WARM_UP * TURN, size=size, seed=seed, uuids=uuids)
            settling, copying, accepted = take_turns(scheme, work, raw)
            figures |= {
                f"activities_per_s{name}": round(settling.rate(size)),
                f"raw_copy_rows_per_s{name}": round(copying.rate(size)),
                f"of_raw_copy{name}": round(settling.rate(size) / copying.rate(size), 3),
                f"of_raw_copy_median{name}": round(
                    statistics.median(copying.seconds) / statistics.median(settling.seconds), 3
                ),
                f"server_cpu_us{name}": round(settling.cpu_us(size), 2),
                f"raw_server_cpu_us{name}": round(copying.cpu_us(size), 2),
                f"accepted_share{name}": round(accepted / (size * len(work)), 4),
            }
    return figures | _against_hordak(figures)


def _against_hordak(figures: dict[str, object]) -> dict[str, object]:
    """Both on the same server in the same minute; in a process of its own, as both are Django."""
    if importlib.util.find_spec("hordak") is None:
        say("settle: without django-hordak (not installed; see `make bench`)")
        return {}
    there = server()
    with psycopg.connect(**there.connection("postgres"), autocommit=True) as control:
        control.execute("DROP DATABASE IF EXISTS bench_hordak WITH (FORCE)")
        control.execute("CREATE DATABASE bench_hordak")
        command = [sys.executable, "-m", "bench.peers.hordak", there.host, str(there.port), there.superuser]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
        control.execute("DROP DATABASE bench_hordak WITH (FORCE)")
    rate, own = float(answer.stdout), figures["activities_per_s"]
    assert isinstance(own, int)
    return {"hordak_per_s": round(rate), "of_hordak": round(own / rate, 1)}
