"""The least that can be done: Starlette reads an event, psycopg inserts a row with the postings' columns and indexes."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import blake2b
from pathlib import Path
from uuid import UUID

import msgspec
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tanhui.config.engine.database import DATABASE
from tanhui.config.engine.embedded import ensure_running

CONNECTIONS = 16
INSERT = """
INSERT INTO bench_raw (key, person_id, occurred_at, batch_id, content, household, quantity_1, quantity_2, quantity_3, reduction_mg,
                       credited_mg, points_milli, sequence, duration_s, coefficient_id, rule_id, expires_on, region, partner_id, behavior,
                       evidence, kind, capped_by)
VALUES (%s, %s, %s, 0, 0, 0, 5000, 0, 0, 500000, 500000, 500000, 1, %s, 1, 1, '2029-01-01', %s, 1, %s, 1, 1, 0)
"""


def bare() -> Starlette:
    """The application, for uvicorn."""
    there = ensure_running(Path(os.environ["TANHUI_HOME"])).connection(DATABASE)
    pool = AsyncConnectionPool(
        " ".join(f"{name}={value}" for name, value in there.items()), min_size=CONNECTIONS, open=False,
        kwargs={"prepare_threshold": 1, "autocommit": True},
    )  # fmt: skip

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with pool:
            yield

    async def insert(request: Request) -> Response:
        event = msgspec.json.decode(await request.body())
        data = event["data"]
        key = UUID(bytes=blake2b(event["id"].encode(), digest_size=16).digest())
        person = int(event["subject"].rpartition("-")[2])
        async with pool.connection() as connection:
            await connection.execute(
                INSERT, [key, person, event["time"], data["duration_s"], int(data["region"]), data["behavior"]]
            )
        return Response(
            msgspec.json.encode({"id": event["id"], "status": "accepted"}), 201, media_type="application/json"
        )

    return Starlette(routes=[Route("/api/partner/v1/activities", insert, methods=["POST"])], lifespan=lifespan)
