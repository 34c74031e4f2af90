"""Where requests are worked on: the live office over the books, and the sandbox's over a database of its own.

Each has threads that never work in the other's database. Work that asks the database goes on in them, never in the loop.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connections

from tanhui.flows.scheme import Scheme
from tanhui.presentation.api.around import Around
from tanhui.presentation.api.booking import Booking
from tanhui.presentation.api.threads import with_connection
from tanhui.steps.collect.event_forms import Forms

P = ParamSpec("P")
Found = TypeVar("Found")
THREADS = 4


class Office:
    """The threads of one database, the scheme over it, and the booking of events."""

    def __init__(self, around: Around, *, sandbox: bool) -> None:
        self.sandbox = sandbox
        self._around = around
        self._enter = around.enter_sandbox if sandbox else _stay
        self._threads = ThreadPoolExecutor(THREADS, "sandbox" if sandbox else "live", self._enter)
        self._opening: asyncio.Task[tuple[Scheme, Booking]] | None = None

    async def run(self, work: Callable[P, Found], *arguments: P.args, **named: P.kwargs) -> Found:
        """What `work` finds, in one of the threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: with_connection(work, *arguments, **named))

    async def scheme(self) -> Scheme:
        """The scheme over this database."""
        return (await self._opened())[0]

    async def booking(self) -> Booking:
        """Where events are booked."""
        return (await self._opened())[1]

    async def close(self) -> None:
        """Ends the work, once what was taken in is answered."""
        if self._opening is not None and self._opening.done() and self._opening.exception() is None:
            await self._opening.result()[1].close()
        await asyncio.get_running_loop().run_in_executor(self._threads, connections.close_all)
        self._threads.shutdown()

    async def _opened(self) -> tuple[Scheme, Booking]:
        if self._opening is None or (self._opening.done() and self._opening.exception() is not None):
            self._opening = asyncio.create_task(self._open())
        return await asyncio.shield(self._opening)

    async def _open(self) -> tuple[Scheme, Booking]:
        if self.sandbox:
            await asyncio.get_running_loop().run_in_executor(None, self._around.prepare_sandbox)
        scheme = await self.run(self._around.open_scheme)
        return scheme, Booking(scheme, Forms(scheme.library), now=self._around.now, enter=self._enter)


def _stay() -> None:
    """A thread of the live office works in the database it was born with."""
