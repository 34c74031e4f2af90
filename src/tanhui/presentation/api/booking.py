"""Group commit: what many connections bring is gathered while the batch before it is on its way, and booked together.

One thread reads and prepares, another books: the one works while the other waits for the database. A sender's parcels make
one batch, which is committed once and answers them all. Nothing is answered before its commit.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from tanhui.flows.ahead import Wake
from tanhui.flows.receive_events import Answer, Parcel, Ready, Receiver
from tanhui.flows.record_activities import Recorder, Sender
from tanhui.flows.scheme import Scheme
from tanhui.presentation.api.threads import with_connection
from tanhui.steps.collect.event_forms import Forms

MOST_TOGETHER = 10_000
"""Events in a batch."""
MOST_WAITING = 60_000
"""Events that may wait; more are told to come again."""
MOST_RECEIVERS = 1_000
ENOUGH = 500
"""Events that are worth a batch of their own while another is on its way; fewer wait and come together."""
MOMENT_S = 0.001


class Busy(Exception):  # noqa: N818 - an expected answer
    """More is waiting than can be booked soon."""


@dataclass(eq=False, slots=True)
class _Waiting:
    """A parcel that waits, and the task of the batch that it will be in, with its place there."""

    parcel: Parcel
    taken: asyncio.Future[tuple["asyncio.Task[list[Answer]]", int, int]]


class Booking:
    """Books what senders bring, in the order of their coming."""

    def __init__(self, scheme: Scheme, forms: Forms, *, now: Callable[[], datetime], enter: Callable[[], None]) -> None:
        self._scheme, self._forms, self._now, self._wake = scheme, forms, now, Wake()
        self._reader = ThreadPoolExecutor(1, "reader", enter)
        self._writer = ThreadPoolExecutor(1, "writer", enter)
        self._receivers: OrderedDict[Sender, Receiver] = OrderedDict()
        self._queues: OrderedDict[Sender, deque[_Waiting]] = OrderedDict()
        self._waiting = 0
        self._unbegun = 0
        self._under_way = 0
        self._alone = True
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._gathering = self._loop.create_task(self._gather())

    async def book(self, sender: Sender, parcel: Parcel) -> Answer:
        """How the parcel ended, once that is committed. Raises `Busy` when too much is waiting."""
        while True:
            task, place, together = await self._taken(sender, parcel)
            await asyncio.wait([task])
            if task.exception() is None or together == 1:
                return task.result()[place]
            parcel = Parcel(parcel.events, strict=parcel.strict, alone=True)  # not for the fault of another's

    async def close(self) -> None:
        """Ends, once what waits is booked."""
        while self._waiting or self._under_way:
            await asyncio.sleep(0.01)
        self._gathering.cancel()
        for thread in (self._reader, self._writer):
            await self._loop.run_in_executor(thread, connections.close_all)
            thread.shutdown()

    async def _taken(self, sender: Sender, parcel: Parcel) -> tuple["asyncio.Task[list[Answer]]", int, int]:
        many = len(parcel.events)
        if self._waiting and self._waiting + many > MOST_WAITING:
            raise Busy
        waiting = _Waiting(parcel, self._loop.create_future())
        self._waiting += many
        self._unbegun += many
        self._queues.setdefault(sender, deque()).append(waiting)
        self._changed.set()
        try:
            return await waiting.taken
        finally:
            self._waiting -= many

    async def _gather(self) -> None:
        while True:
            await self._turn()
            sender, together = self._next()
            self._alone = len(together) == 1
            self._under_way += 1
            task = self._loop.create_task(self._settle(self._receiver(sender), [one.parcel for one in together]))
            for place, one in enumerate(together):
                if not one.taken.done():
                    one.taken.set_result((task, place, len(together)))

    async def _turn(self) -> None:
        """Waits until a batch is to be begun: when none is under way, or one is and enough has come to prepare the next.

        Where the last batch served several, their next parcels are just coming: they are given a moment to come together.
        """
        while not self._queues or self._under_way > (1 if self._unbegun >= ENOUGH else 0):
            self._changed.clear()
            await self._changed.wait()
        if not self._alone and self._unbegun < ENOUGH:
            await asyncio.sleep(MOMENT_S)

    def _next(self) -> tuple[Sender, list[_Waiting]]:
        """The parcels of the sender who has waited longest; the others' turns come before its next."""
        sender, queue = self._queues.popitem(last=False)
        together = [queue.popleft()]
        many = len(together[0].parcel.events)
        if not together[0].parcel.by_itself:
            while queue and not queue[0].parcel.by_itself and many + len(queue[0].parcel.events) <= MOST_TOGETHER:
                many += len(queue[0].parcel.events)
                together.append(queue.popleft())
        if queue:
            self._queues[sender] = queue
        self._unbegun -= many
        return sender, together

    async def _settle(self, receiver: Receiver, parcels: list[Parcel]) -> list[Answer]:
        try:
            ready = await self._loop.run_in_executor(self._reader, with_connection, self._prepare, receiver, parcels)
            return await self._loop.run_in_executor(self._writer, with_connection, self._record, receiver, ready)
        finally:
            self._under_way -= 1
            self._changed.set()

    def _prepare(self, receiver: Receiver, parcels: list[Parcel]) -> Ready:
        return receiver.prepare(parcels, now=self._now())

    def _record(self, receiver: Receiver, ready: Ready) -> list[Answer]:
        return receiver.record(ready, now=self._now())

    def _receiver(self, sender: Sender) -> Receiver:
        receiver = self._receivers.pop(sender, None) or Receiver(
            Recorder(sender, self._scheme, self._wake), self._forms
        )
        self._receivers[sender] = receiver
        if len(self._receivers) > MOST_RECEIVERS:
            self._receivers.popitem(last=False)
        return receiver
