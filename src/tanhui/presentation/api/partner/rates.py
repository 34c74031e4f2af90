"""How much a partner may ask for: two buckets that fill evenly, told in the RateLimit fields of the IETF's draft.

draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy` names each quota (q) and its window in seconds (w); `RateLimit`
tells what is left of it (r) and when it will be whole again (t). The buckets are this process's own.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from math import ceil

from tanhui.core.text import Text
from tanhui.participants.credentials.types import Limits
from tanhui.presentation.api.problems import Problem

WINDOW_S = 60
MOST = 10_000


@dataclass(slots=True)
class Bucket:
    """Holds at most `size`, and fills from empty in `WINDOW_S` seconds."""

    size: int
    left: float = 0.0
    at: float = 0.0

    def fill(self, now: float) -> None:
        """Brings it up to now."""
        self.left = min(self.size, self.left + (now - self.at) * self.size / WINDOW_S)
        self.at = now

    def wait_s(self, amount: int) -> float:
        """How long until so much may be taken; 0 when it may now. More than the whole takes a whole bucket."""
        return max(0.0, (min(amount, self.size) - self.left) * WINDOW_S / self.size)

    def whole_in_s(self) -> int:
        """In how many seconds it is full."""
        return ceil((self.size - self.left) * WINDOW_S / self.size)


@dataclass(slots=True)
class Allowance:
    """What one partner may ask for still."""

    limits: Limits
    requests: Bucket = field(init=False)
    records: Bucket = field(init=False)
    policy: str = field(init=False)

    def __post_init__(self) -> None:
        now = time.monotonic()
        requests, records = self.limits.requests_per_minute, self.limits.records_per_minute
        self.requests, self.records = Bucket(requests, requests, now), Bucket(records, records, now)
        self.policy = f'"requests";q={requests};w={WINDOW_S}, "records";q={records};w={WINDOW_S}'

    def take(self, *, requests: int = 0, records: int = 0) -> None:
        """Takes so much, or nothing. Raises `Problem`: `rate_limited`."""
        wait = self.wait_s(requests=requests, records=records)
        if wait > 0:
            seconds = ceil(wait)
            text = Text("请在 {s} 秒后重试。", "Try again in {s} seconds.").format(s=seconds)
            raise Problem("rate_limited", text, headers={"retry-after": str(seconds), **self.headers()})
        self.requests.left -= requests
        self.records.left -= records

    def wait_s(self, *, requests: int = 0, records: int = 0) -> float:
        """How long until so much may be taken."""
        now = time.monotonic()
        self.requests.fill(now)
        self.records.fill(now)
        return max(self.requests.wait_s(requests), self.records.wait_s(records))

    def headers(self) -> dict[str, str]:
        """The fields that tell what is left."""
        told = (
            f'"{name}";r={max(0, int(bucket.left))};t={bucket.whole_in_s()}'
            for name, bucket in (("requests", self.requests), ("records", self.records))
        )
        return {"ratelimit-policy": self.policy, "ratelimit": ", ".join(told)}


class Allowances:
    """The allowance of each partner, live and in the sandbox."""

    def __init__(self) -> None:
        self._of: OrderedDict[tuple[int, bool], Allowance] = OrderedDict()

    def of(self, partner_id: int, *, live: bool, limits: Limits) -> Allowance:
        """The partner's allowance; begun anew when its limits have changed."""
        found = self._of.get((partner_id, live))
        if found is None or found.limits != limits:
            found = self._of[partner_id, live] = Allowance(limits)
            if len(self._of) > MOST:
                self._of.popitem(last=False)
        return found
