"""More than can be booked is refused at once with when to come again; what was taken in is answered."""

import asyncio
import threading

import httpx
from tests.api.doors import API, BATCH, Clock, around, event, issue, new_partner
from tests.batches import postings_of


def test_when_the_queue_is_full_it_is_503_with_retry_after(django_db_setup, django_db_blocker, monkeypatch):
    from tanhui.flows.receive_events import Receiver
    from tanhui.presentation.api import booking
    from tanhui.presentation.api.app import build

    held = threading.Event()
    record = Receiver.record

    def slow(self, ready, *, now):
        held.wait(20)
        return record(self, ready, now=now)

    monkeypatch.setattr(booking, "MOST_WAITING", 40)
    monkeypatch.setattr(Receiver, "record", slow)

    async def load(partner: str, key) -> list[httpx.Response]:
        application = build(around(Clock()))
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://door.test") as client:
            form = {"grant_type": "client_credentials", "client_id": key.code, "client_secret": key.secret}
            token = (await client.post(f"{API}/oauth/token", data=form)).json()["access_token"]
            headers = {"authorization": f"Bearer {token}", "content-type": BATCH}

            async def send(number: int) -> httpx.Response:
                events = [
                    event(f"o-{number}-{part}", subject=f"s-{number}-{part}", at="2026-01-20T08:30:00Z")
                    for part in range(10)
                ]
                return await client.post(f"{API}/activities", json=events, headers=headers)

            sending = [asyncio.create_task(send(number)) for number in range(12)]
            await asyncio.sleep(1.5)
            held.set()
            return await asyncio.gather(*sending)

    with django_db_blocker.unblock():
        partner, terms = new_partner()
        answers = asyncio.run(load(partner, issue(partner)))
        refused = [answer for answer in answers if answer.status_code == 503]
        taken = [answer for answer in answers if answer.status_code == 200]
        assert len(refused) + len(taken) == 12
        assert len(refused) >= 5
        assert all(answer.headers["retry-after"] == "1" and answer.json()["code"] == "busy" for answer in refused)
        assert len(postings_of(terms.id)) == 10 * len(taken)
