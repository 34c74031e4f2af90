"""Clients in one process: connections that each send their next request when the one before it is answered.

`python -m bench.door.client HOST:PORT FILE CONNECTIONS` prints what they measured as one line of JSON.
"""

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path

import uvloop

from bench.door.requests import read_requests


async def _connection(address: str, requests: list[bytes], took: list[float], answers: list[bytes]) -> None:
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=2**22)
    while requests:
        request = requests.pop()
        began = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith((b"http/1.1 200", b"http/1.1 201", b"http/1.1 422")), head
        length = int(head.partition(b"content-length:")[2].partition(b"\r")[0])
        answer = await reader.readexactly(length)
        took.append(time.perf_counter() - began)
        answers.append(answer)
    writer.close()


async def _load(address: str, requests: list[bytes], connections: int) -> dict[str, float]:
    many, took, answers = len(requests), list[float](), list[bytes]()
    requests.reverse()
    began = time.perf_counter()
    await asyncio.gather(*(_connection(address, requests, took, answers) for _ in range(connections)))
    seconds = time.perf_counter() - began
    parts = statistics.quantiles(took, n=100)
    accepted = sum(answer.count(b'"status":"accepted"') for answer in answers)
    return {
        "requests": many, "seconds": seconds, "accepted": accepted, "p50_ms": parts[49] * 1e3, "p99_ms": parts[98] * 1e3,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(uvloop.run(_load(sys.argv[1], read_requests(Path(sys.argv[2])), int(sys.argv[3])))))
