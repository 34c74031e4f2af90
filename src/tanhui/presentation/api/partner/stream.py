"""NDJSON in, NDJSON out: any number of events in bounded memory, booked as they come and answered in their order.

Answers are spooled: a client that first sends everything and only then reads (as most do) holds nothing up, and neither
side waits for the other for ever. The last line says how all ended; without it the answer was cut off.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tanhui.core.text import Text
from tanhui.flows.receive_events import Answer, Parcel
from tanhui.presentation.api import unreachable
from tanhui.presentation.api.bodies import body_pieces
from tanhui.presentation.api.language import language_asked
from tanhui.presentation.api.partner.answers import counts, encode, results
from tanhui.presentation.api.partner.booked import book
from tanhui.presentation.api.partner.callers import Caller
from tanhui.presentation.api.partner.door import Door
from tanhui.presentation.api.problems import Problem, tell
from tanhui.steps.collect.events import LONGEST_EVENT

NDJSON = "application/x-ndjson"
TOGETHER = 2_000
"""Events that are booked together."""
IN_MEMORY = 1024 * 1024
"""Bytes of answers kept in memory before they go to a file."""
LONGEST_WAIT_S = 120.0
_PIECE = 64 * 1024
_BUSY_S, _TRIES = 0.5, 20


async def answer_stream(door: Door, request: Request, caller: Caller) -> Response:
    """The answer to a stream of events, which begins before the stream has ended."""
    spool = Spool()
    work = asyncio.create_task(_book_all(door, request, caller, spool))
    return Told(spool, work)


@dataclass
class Spool:
    """Bytes written at one end and read at the other, kept in a file when they are many."""

    file: tempfile.SpooledTemporaryFile[bytes] = field(
        default_factory=lambda: tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed in `close`
    )
    written: int = 0
    read: int = 0
    more: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def write(self, piece: bytes) -> None:
        """Appends."""
        self.file.seek(self.written)
        self.file.write(piece)
        self.written += len(piece)
        self.more.set()

    def end(self) -> None:
        """No more will be written."""
        self.ended = True
        self.more.set()

    async def pieces(self) -> AsyncIterator[bytes]:
        """What was written, as it comes."""
        while self.read < self.written or not self.ended:
            if self.read == self.written:
                self.more.clear()
                await self.more.wait()
                continue
            self.file.seek(self.read)
            piece = self.file.read(_PIECE)
            self.read += len(piece)
            yield piece


class Told(Response):
    """Sends what is spooled as it comes. Starlette's own streaming listens for the client's end, and would eat the body."""

    media_type = NDJSON

    def __init__(self, spool: Spool, work: "asyncio.Task[None]") -> None:
        super().__init__()
        del self.headers["content-length"]
        self._spool, self._work = spool, work

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Answers, and ends the work when the client has gone."""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async for piece in self._spool.pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await self._work  # a fault of ours cuts the answer off: the last line is missing
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._work.cancel()
            self._spool.file.close()


async def _book_all(door: Door, request: Request, caller: Caller, spool: Spool) -> None:
    try:
        spool.write(await _summary(door, request, caller, spool))
    finally:
        spool.end()


async def _summary(door: Door, request: Request, caller: Caller, spool: Spool) -> bytes:
    total: Counter[str] = Counter()
    problem: Problem | None = None
    try:
        await _book_lines(door, request, caller, spool, total)
    except Problem as found:
        problem = found
    except unreachable.ERRORS:
        problem = unreachable.problem()
    summary: dict[str, object] = {"request_id": request.scope["request_id"], "counts": dict(total)}
    if problem is None:
        summary["complete"] = True
    else:
        told = tell(
            problem,
            language=language_asked(request.headers.get("accept-language", "")),
            request_id=request.scope["request_id"],
        )
        summary |= {"complete": False, "problem": msgspec.Raw(told.body)}
    return encode(summary) + b"\n"


async def _book_lines(door: Door, request: Request, caller: Caller, spool: Spool, total: Counter[str]) -> None:
    """Books a part while the next one is read; no more than two parts are in memory."""
    before: asyncio.Task[Answer] | None = None
    try:
        async for lines in _parts(request):
            await _wait_for_allowance(caller, len(lines))
            if before is not None:
                _tell(await before, spool, total)
            before = asyncio.create_task(_book_patiently(door, caller, lines))
        if before is not None:
            _tell(await before, spool, total)
            before = None
    finally:
        if before is not None:  # reading ended in a problem; what was begun is told all the same
            _tell(await before, spool, total)


async def _book_patiently(door: Door, caller: Caller, lines: list[bytes]) -> Answer:
    for _ in range(_TRIES):
        try:
            return await book(door, caller, Parcel(lines))
        except Problem as problem:
            if problem.kind != "busy":
                raise
        await asyncio.sleep(_BUSY_S)
    return await book(door, caller, Parcel(lines))


async def _wait_for_allowance(caller: Caller, records: int) -> None:
    """The stream slows down to what the partner may send."""
    wait = caller.allowance.wait_s(records=records)
    if 0 < wait < LONGEST_WAIT_S:
        await asyncio.sleep(wait)
    caller.allowance.take(records=records)


def _tell(answer: Answer, spool: Spool, total: Counter[str]) -> None:
    total.update(counts(answer.ended))
    spool.write(b"".join(encode(one) + b"\n" for one in results(answer)))


async def _parts(request: Request) -> AsyncIterator[list[bytes]]:
    """The lines of the body that are not empty, so many at a time."""
    rest = b""
    lines: list[bytes] = []
    async for piece in body_pieces(request):
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > LONGEST_EVENT or any(len(line) > LONGEST_EVENT for line in whole):
            text = Text("一行超过 {n} 字节。", "A line is longer than {n} bytes.").format(n=f"{LONGEST_EVENT:,}")
            raise Problem("too_large", text, limit_bytes=LONGEST_EVENT)
        lines += [line for line in whole if line.strip()]
        while len(lines) >= TOGETHER:
            yield lines[:TOGETHER]
            lines = lines[TOGETHER:]
    if rest.strip():
        lines.append(rest)
    if lines:
        yield lines
