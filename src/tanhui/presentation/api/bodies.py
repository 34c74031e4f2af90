"""The body of a request, whole or as it comes, unpacked, and never more of it than is allowed."""

import zlib
from collections.abc import AsyncIterator

from starlette.requests import Request

from tanhui.core.text import Text
from tanhui.presentation.api.problems import Problem

MOST_SENT = 8 * 1024 * 1024
"""Bytes of a body as it is sent, of requests that are read whole."""
MOST_UNPACKED = 16 * 1024 * 1024
"""Bytes of a body after unpacking, of requests that are read whole."""
_PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


async def whole_body(request: Request) -> tuple[bytes, bytes]:
    """The body as it was sent, and unpacked. Raises `Problem`: `too_large`, `unsupported_media_type`, `malformed`."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > MOST_SENT:
        raise too_large(MOST_SENT)
    sent = bytearray()
    async for piece in request.stream():
        sent += piece
        if len(sent) > MOST_SENT:
            raise too_large(MOST_SENT)
    raw = bytes(sent)
    if not is_packed(request):
        return raw, raw
    unpacked, unpacker = bytearray(), zlib.decompressobj(_GZIP)
    for piece in unpack(unpacker, raw):
        unpacked += piece
    if not unpacker.eof:
        raise _broken()
    return raw, bytes(unpacked)


async def body_pieces(request: Request) -> AsyncIterator[bytes]:
    """The body unpacked, piece by piece as it comes, each of 64 KiB at the most when it was packed."""
    unpacker = zlib.decompressobj(_GZIP) if is_packed(request) else None
    async for piece in request.stream():
        if unpacker is None:
            yield piece
        else:
            for part in unpack(unpacker, piece):
                yield part
    if unpacker is not None and not unpacker.eof:
        raise _broken()


def is_packed(request: Request) -> bool:
    """Whether the body is gzip. Raises `Problem`: `unsupported_media_type` for any other packing."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"identity", "gzip", ""}:
        text = Text("不支持 Content-Encoding “{c}”；可用 gzip。", "Content-Encoding “{c}” is not supported; gzip is.")
        raise Problem("unsupported_media_type", text.format(c=coding[:40]), headers={"accept-encoding": "gzip"})
    return coding == "gzip"


def unpack(unpacker: "zlib._Decompress", piece: bytes) -> list[bytes]:
    """The parts that a piece of a packed body unpacks to."""
    parts = []
    try:
        part = unpacker.decompress(piece, _PIECE)
        while part:
            parts.append(part)
            if len(parts) * _PIECE > MOST_UNPACKED:
                raise too_large(MOST_UNPACKED)
            part = unpacker.decompress(unpacker.unconsumed_tail, _PIECE)
    except zlib.error as problem:
        raise _broken() from problem
    return parts


def _broken() -> Problem:
    return Problem("malformed", Text("正文不是完整的 gzip 数据。", "The body is not the whole of valid gzip data."))


def too_large(most: int) -> Problem:
    """The problem that a body is larger than so many bytes."""
    text = Text("正文超过 {n} 字节。", "The body is larger than {n} bytes.").format(n=f"{most:,}")
    return Problem("too_large", text, limit_bytes=most)
