"""The server killed under load: what it acknowledged is booked, and what is sent again is not booked again."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import httpx
from tests.api.doors import API, BATCH, MASTER, SINGLE, event, new_partner
from tests.batches import postings_of, unbalanced

CLIENTS, REQUESTS, KILLS = 8, 25, 3


@contextmanager
def served(address: str, port: int) -> Iterator[subprocess.Popen]:
    environment = os.environ | {"TANHUI_DATABASE_URL": address, "TANHUI_PERSON_KEY": MASTER.hex()}
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "tanhui.config.asgi:application", "--port", str(port), "--log-level", "warning"],
        env=environment,
    )  # fmt: skip
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


async def send(client: httpx.AsyncClient, number: int, token: str, acknowledged: set[str], again: list[int]) -> None:
    """Sends its requests in their order, each until it is answered."""
    for request in range(REQUESTS):
        names = [f"k-{number}-{request}-{part}" for part in range(1 if request % 3 else 20)]
        events = [event(name, subject=name, at="2026-01-20T08:30:00+08:00") for name in names]
        kind, document = (SINGLE, events[0]) if len(events) == 1 else (BATCH, events)
        headers = {"authorization": f"Bearer {token}", "content-type": kind}
        while True:
            try:
                answer = await client.post(f"{API}/activities", content=json.dumps(document), headers=headers)
            except httpx.HTTPError:
                again.append(request)
                await asyncio.sleep(0.05)
                continue
            assert answer.status_code in {200, 201}, answer.text
            told = answer.json()
            acknowledged.update(
                one["id"] for one in told.get("results", [told]) if one["status"] in {"accepted", "duplicate"}
            )
            break


def test_killed_under_load_it_loses_and_doubles_nothing(django_db_setup, django_db_blocker, run_of_tests, worker_id):
    from tanhui.flows.partner_keys import issue_credentials

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = run_of_tests.address(run_of_tests.database(worker_id))

    async def load(process: subprocess.Popen, token: str) -> tuple[set[str], list[int]]:
        acknowledged: set[str] = set()
        again: list[int] = []
        server = [process]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            clients = [asyncio.create_task(send(client, n, token, acknowledged, again)) for n in range(CLIENTS)]
            for kill in range(1, KILLS + 1):
                while len(acknowledged) < kill * 150 and not all(one.done() for one in clients):
                    await asyncio.sleep(0.01)
                os.kill(server[-1].pid, signal.SIGKILL)
                server[-1].wait()
                server.append(await asyncio.to_thread(lambda: stack.enter_context(served(address, port))))
            await asyncio.gather(*clients)
        return acknowledged, again

    with django_db_blocker.unblock(), ExitStack() as stack:
        partner, terms = new_partner()
        key = issue_credentials(partner, kind="secret", live=True, master=MASTER, now=datetime.now(UTC))
        process = stack.enter_context(served(address, port))
        form = {"grant_type": "client_credentials", "client_id": key.code, "client_secret": key.secret}
        token = httpx.post(f"http://127.0.0.1:{port}{API}/oauth/token", data=form, timeout=20).json()["access_token"]
        acknowledged, again = asyncio.run(load(process, token))
        booked = postings_of(terms.id)
        sent = CLIENTS * sum(1 if request % 3 else 20 for request in range(REQUESTS))
        assert again, "no request met a dead server: the test has not tested anything"
        assert len(acknowledged) == sent
        assert len(booked) == len({row["key"] for row in booked}) == sent
        assert not unbalanced()
