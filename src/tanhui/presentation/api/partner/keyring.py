"""The partners' keys as this process knows them: read from the database, and believed for a few seconds.

So a key that is revoked opens nothing any more, in any process, `BELIEVED_S` seconds later at the latest.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from tanhui.participants.credentials.selectors import stored_key
from tanhui.participants.credentials.types import StoredKey
from tanhui.participants.organizations.days import scheme_day
from tanhui.presentation.api.offices import Office

BELIEVED_S = 3.0
MOST = 10_000


class Keyring:
    """Keys by code; what is asked for at once by many is read once."""

    def __init__(self, office: Office, now: Callable[[], datetime]) -> None:
        self._office, self._now = office, now
        self._keys: OrderedDict[str, tuple[float, asyncio.Task[StoredKey | None]]] = OrderedDict()

    async def key(self, code: str) -> StoredKey | None:
        """The key of that code, or None."""
        found = self._keys.get(code)
        if found is None or time.monotonic() >= found[0] or (found[1].done() and found[1].exception() is not None):
            self._keys.pop(code, None)
            task = asyncio.create_task(self._office.run(stored_key, code, on=scheme_day(self._now())))
            found = self._keys[code] = time.monotonic() + BELIEVED_S, task
            if len(self._keys) > MOST:
                self._keys.popitem(last=False)
        return found[1].result() if found[1].done() else await asyncio.shield(found[1])
