"""The requests that the clients send, made before the clock starts."""

import struct
from datetime import UTC
from functools import cache
from pathlib import Path

import msgspec
import polars as pl

from bench.records import bench_library
from tanhui.core.described import decimal
from tanhui.steps.collect.event_faults import TYPE
from tanhui.steps.collect.fields import fields_of
from tanhui.steps.collect.types import STEPS

HEAD = (
    "POST /api/partner/v1/activities HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n"
    "content-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
)


def events(frame: pl.DataFrame) -> list[dict[str, object]]:
    """The records as a partner would send them."""
    return [_event(row) for row in frame.iter_rows(named=True)]


def batch_requests(frames: list[pl.DataFrame], token: str) -> list[bytes]:
    """One request for each frame."""
    return [
        _request(msgspec.json.encode(events(frame)), "application/cloudevents-batch+json", token) for frame in frames
    ]


def single_requests(frame: pl.DataFrame, token: str) -> list[bytes]:
    """One request for each record."""
    return [_request(msgspec.json.encode(one), "application/cloudevents+json", token) for one in events(frame)]


def write_requests(path: Path, requests: list[bytes]) -> Path:
    """The requests in a file, each after its length."""
    path.write_bytes(b"".join(struct.pack(">I", len(one)) + one for one in requests))
    return path


def read_requests(path: Path) -> list[bytes]:
    """The requests of such a file."""
    content, at, requests = path.read_bytes(), 0, []
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        requests.append(content[at + 4 : at + 4 + length])
        at += 4 + length
    return requests


def _request(body: bytes, kind: str, token: str) -> bytes:
    return HEAD.format(token=token, kind=kind, length=len(body)).encode() + body


def _event(row: dict[str, object]) -> dict[str, object]:
    fields = _fields()[row["behavior"]].fields  # type: ignore[index]
    data = {"behavior": row["behavior"], "region": row["region"], "duration_s": row["duration_s"]}
    for name, field in fields.items():
        steps = row.get(STEPS + name)
        if isinstance(steps, int):
            data[name] = msgspec.Raw(decimal(steps * field.step).replace(",", "").encode())  # type: ignore[assignment]
    return {
        "specversion": "1.0", "id": row["record_id"], "source": "/bench", "type": TYPE, "subject": row["subject"],
        "time": row["occurred_at"].astimezone(UTC).isoformat(), "data": data,  # type: ignore[attr-defined]
    }  # fmt: skip


@cache
def _fields():
    return fields_of(bench_library(), range(1, 60))
