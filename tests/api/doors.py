"""A partner at the door: an application in this process, keys of its own, and events to send."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import numpy as np
from starlette.testclient import TestClient

MASTER = b"k" * 32
NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
API = "/api/partner/v1"
SINGLE, BATCH, NDJSON = "application/cloudevents+json", "application/cloudevents-batch+json", "application/x-ndjson"
_NAMES = count(1)


@dataclass
class Clock:
    """The time as the door is told it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Doorway:
    """A client of the application, and a partner with one key."""

    client: TestClient
    clock: Clock
    partner: str
    terms: Any
    key: Any
    numbers: Any = field(default_factory=lambda: count(1))
    token: str = ""

    @classmethod
    @contextmanager
    def open(cls, *, live: bool = True, limits: Any = None, consent: str | None = None) -> Iterator["Doorway"]:
        from tanhui.presentation.api.app import build

        clock = Clock()
        with TestClient(build(around(clock)), base_url="http://door.test", raise_server_exceptions=False) as client:
            partner, terms = new_partner(limits, consent)
            yield cls(client, clock, partner, terms, issue(partner, live=live))

    def issue(self, kind: str = "secret", *, live: bool = True, **more: Any) -> Any:
        return issue(self.partner, kind, live=live, **more)

    def sign_in(self, key: Any = None) -> str:
        """An access token for the key."""
        key = key or self.key
        form = {"grant_type": "client_credentials", "client_id": key.code, "client_secret": key.secret}
        return str(self.client.post(f"{API}/oauth/token", data=form).json()["access_token"])

    def headers(self, **more: str) -> dict[str, str]:
        self.token = self.token or self.sign_in()
        return {"authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): value for name, value in more.items()
        }

    def event(self, **more: Any) -> dict[str, Any]:
        """A metro ride of ten kilometres in Shenzhen: 467,000 mg."""
        return event(f"r-{next(self.numbers)}", **more)

    def send(self, *events: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        """The answer to one event."""
        kind = SINGLE if len(events) == 1 else BATCH
        return self.post(events[0] if len(events) == 1 else list(events), kind, headers)

    def post(self, document: object, kind: str = BATCH, headers: Mapping[str, str] | None = None) -> Any:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        given = self.headers() | {"content-type": kind} | dict(headers or {})
        return self.client.post(f"{API}/activities", content=content, headers=given)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(API + path, headers=self.headers(**headers))


def around(clock: Clock) -> Any:
    from tanhui.config.sandbox import enter_sandbox, prepare_sandbox
    from tanhui.flows.scheme import open_scheme
    from tanhui.presentation.api.around import Around
    from tanhui.steps.quantify.library import library

    return Around(
        now=clock, open_scheme=lambda: open_scheme(library=library(), secret=MASTER, now=NOW),
        prepare_sandbox=prepare_sandbox, enter_sandbox=enter_sandbox, master=MASTER,
    )  # fmt: skip


def new_partner(limits: Any = None, consent: str | None = None) -> tuple[str, Any]:
    from tanhui.flows.partner_keys import add_partner
    from tanhui.participants.organizations.types import BY_PARTNER

    name = f"partner-{next(_NAMES)}-{np.random.default_rng().integers(10**9)}"
    terms = add_partner(
        name,
        name=name,
        agreement_from=date(2025, 1, 1),
        agreement_until=None,
        consent=consent or BY_PARTNER,
        limits=limits,
        now=NOW,
    )
    return name, terms


def issue(partner: str, kind: str = "secret", *, live: bool = True, **more: Any) -> Any:
    from tanhui.flows.partner_keys import issue_credentials

    return issue_credentials(partner, kind=kind, live=live, master=MASTER, now=NOW, **more)


def event(name: str, *, at: datetime | str | None = None, subject: str = "anna", **data: Any) -> dict[str, Any]:
    """An event, on a day of its own by its number."""
    if at is None:
        number = int("".join(c for c in name if c.isdigit()) or 0)
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=2 * number)
    told = at if isinstance(at, str) else at.isoformat()
    given = {"behavior": 19, "distance_km": 10, "duration_s": 600, "region": "440300"} | data
    return {
        "specversion": "1.0", "id": name, "source": "/rides", "type": "tanhui.activity.recorded.v1", "subject": subject,
        "time": told, "data": {field: value for field, value in given.items() if value is not ...},
    }  # fmt: skip


def ends(answer: Sequence[Mapping[str, Any]]) -> list[str]:
    """How each record ended: its status, or the code of its reason."""
    return [one["reason"]["code"] if "reason" in one else one["status"] for one in answer]
