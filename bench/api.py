"""Activities per second through HTTP: batches of 1,000 against `settle` in the same run; and singles at 16 connections.

The singles stand beside a bare Starlette endpoint that inserts one row of the same columns and indexes by psycopg. Each server
is one uvicorn process, the clients are another; all take turns, so that all have the same noise.
"""

import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bench.database import as_owner, begin_anew, copy_of_postings, load_history, say
from bench.door.requests import batch_requests, single_requests, write_requests
from bench.door.serve import MASTER
from bench.records import NOW, TERMS, batches
from bench.settle import TURN, open_bench_scheme, settle
from tanhui.flows.partner_keys import issue_credentials, set_partner_limits
from tanhui.participants.credentials.types import Limits

CONNECTIONS = 16
BATCH_CONNECTIONS = 16


@contextmanager
def serving(application: str) -> Iterator[str]:
    """A server of that application in a process of its own, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "uvicorn", application, "--factory", "--port", str(port), "--log-level", "warning", "--no-access-log",
        "--backlog", "2048",
    ]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def token(address: str) -> str:
    """A key of the partner, and its access token."""
    set_partner_limits(TERMS.code, limits=Limits(10**9, 10**9))
    key = issue_credentials(TERMS.code, kind="secret", live=True, master=MASTER, now=NOW)
    form = {"grant_type": "client_credentials", "client_id": key.code, "client_secret": key.secret}
    answer = httpx.post(f"http://{address}/api/partner/v1/oauth/token", data=form)
    return str(answer.raise_for_status().json()["access_token"])


def load(address: str, requests: Path, connections: int) -> dict[str, float]:
    """What the clients measured."""
    command = [sys.executable, "-m", "bench.door.client", address, str(requests), str(connections)]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def run(*, quick: bool = False) -> dict[str, object]:
    """The figures of this benchmark."""
    persons, history, count = (400_000, 100_000, 3) if quick else (1_000_000, 2_000_000, 8)
    say(f"api: loading {persons:,} persons, {history:,} records")
    begin_anew(persons)
    load_history(history, persons=persons)
    scheme = open_bench_scheme()
    with as_owner() as connection:
        copy_of_postings(connection, "bench_raw")
    work = batches(persons=persons, count=2 * count * TURN, size=10_000, seed=7)
    singles = batches(persons=persons, count=2 * count, size=2_000, seed=8)
    rates: dict[str, list[float]] = {"settle": [], "batches": [], "singles": [], "bare": []}
    p50: dict[str, list[float]] = {"singles": [], "bare": []}
    p99: dict[str, list[float]] = {"singles": [], "bare": []}
    with (
        TemporaryDirectory() as folder,
        serving("bench.door.serve:door") as door,
        serving("bench.door.bare:bare") as bare,
    ):
        access = token(door)
        for turn in range(count):
            say(f"api: turn {turn + 1} of {count}")
            mine = work[2 * turn * TURN : (2 * turn + 1) * TURN]
            began = time.perf_counter()
            settle(scheme, mine)
            rates["settle"].append(TURN * 10_000 / (time.perf_counter() - began))
            theirs = [
                part for big in work[(2 * turn + 1) * TURN : (2 * turn + 2) * TURN] for part in big.iter_slices(1_000)
            ]
            path = write_requests(Path(folder) / "batches", batch_requests(theirs, access))
            found = load(door, path, BATCH_CONNECTIONS)
            assert found["accepted"] > 0.9 * TURN * 10_000, found
            rates["batches"].append(found["accepted"] / found["seconds"])
            for name, address, frame in (("singles", door, singles[2 * turn]), ("bare", bare, singles[2 * turn + 1])):
                path = write_requests(Path(folder) / name, single_requests(frame, access))
                found = load(address, path, CONNECTIONS)
                rates[name].append(found["requests"] / found["seconds"])
                p50[name].append(found["p50_ms"])
                p99[name].append(found["p99_ms"])
    middle = {name: statistics.median(values[1:]) for name, values in rates.items()}
    return {
        "benchmark": "api", "persons": persons, "stored": history,
        "batch_activities_per_s": round(middle["batches"]), "settle_activities_per_s": round(middle["settle"]),
        "of_settle": round(middle["batches"] / middle["settle"], 3),
        "singles_per_s": round(middle["singles"]), "bare_per_s": round(middle["bare"]),
        "of_bare": round(middle["singles"] / middle["bare"], 3),
        **{f"{name}_p50_ms": round(statistics.median(values[1:]), 2) for name, values in p50.items()},
        **{f"{name}_p99_ms": round(statistics.median(values[1:]), 2) for name, values in p99.items()},
    }  # fmt: skip
