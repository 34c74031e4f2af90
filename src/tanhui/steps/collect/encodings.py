"""Text in any encoding as blocks of UTF-8: by the byte order mark, by what decodes, by what the characters then are."""

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, NamedTuple

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

BLOCK_BYTES = 8 << 20
SAMPLE_BYTES = 1 << 16
_HIGH = re.compile(rb"[\x80-\xff]|\x00")
REPLACED = "�".encode()
LONGEST_LINE = 16 << 20
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Block(NamedTuple):
    """Part of a text as UTF-8; where it was `damaged`, U+FFFD stands for what could not be decoded."""

    data: bytes
    damaged: bool


def utf8_blocks(stream: IO[bytes], *, encoding: str | None, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """The text in blocks of about `block_bytes`, without byte order mark; `encoding` None is found from the content.

    A block ends where a line ends, so that no character is cut; what is ASCII so far leaves the encoding open.
    """
    block = _read(stream, block_bytes)
    chosen = next((name for mark, name in _MARKS.items() if block.startswith(mark)), encoding)
    decoder = codecs.getincrementaldecoder(chosen)("strict") if chosen and chosen != "utf-8" else None
    while block:
        if chosen is None and (not block.isascii() or b"\0" in block):
            chosen = detect(block)
            decoder = codecs.getincrementaldecoder(chosen)("strict") if chosen != "utf-8" else None
        following = _read(stream, block_bytes)
        if decoder is not None:
            yield _transcode(decoder, block, final=not following)
        else:
            yield _utf8(block)
        block = following


def detect(sample: bytes) -> str:
    """The encoding that the bytes are most likely in: utf-8, utf-16, utf-32, gb18030 or cp1252."""
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return name
    found = _HIGH.search(sample)
    if found:
        begin = sample.rfind(b"\n", 0, found.start()) + 1
        sample = sample[begin : begin + SAMPLE_BYTES]
    nuls = sample.count(0)
    if nuls > len(sample) // 4:
        return "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
    high = sum(byte > 0x7F for byte in sample)
    if not high:
        return "utf-8"
    bad = sample.decode("utf-8", "replace").count("�")
    if bad <= max(1, high // 50):
        return "utf-8"
    return "gb18030" if _looks_chinese(sample) else "cp1252"


def decoded(data: bytes) -> str | None:
    """The text of a whole file in UTF-8, UTF-16 or GB18030, without byte order mark; None when it is certainly in none of them."""
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", *({detect(data)} - {"cp1252"})]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _looks_chinese(sample: bytes) -> bool:
    text = sample.decode("gb18030", "replace")
    foreign = [character for character in text if character > "\x7f"]
    chinese = sum("一" <= c <= "鿿" or "　" <= c <= "〿" or "＀" <= c <= "￯" for c in foreign)
    pairs = sum(a >= 0xA1 and b >= 0xA1 for a, b in pairwise(sample))
    high = sum(byte > 0x7F for byte in sample)
    return chinese * 10 >= len(foreign) * 7 and pairs * 2 >= high


def _read(stream: IO[bytes], block_bytes: int) -> bytes:
    block = stream.read(block_bytes)
    if not block or block.endswith(b"\n"):
        return block
    rest = stream.readline(LONGEST_LINE)
    while len(rest) >= LONGEST_LINE and not rest.endswith(b"\n"):
        if b"\r" not in rest[-LONGEST_LINE:]:
            text = Text("有一行超过 {n} 兆字节；这不是表格。", "A line has more than {n} megabytes; this is no table.")
            raise Refusal("file_unreadable", text.format(n=LONGEST_LINE >> 20), field="file")
        more = stream.readline(LONGEST_LINE)  # lines that end with a carriage return only
        if not more:
            break
        rest += more
    return block + rest


def _utf8(block: bytes) -> Block:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return Block(block.decode("utf-8", "replace").encode(), damaged=True)
    return Block(block, damaged=False)


def _transcode(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool) -> Block:
    state = decoder.getstate()
    decoder.errors = "strict"
    try:
        return Block(decoder.decode(block, final).encode(), damaged=False)
    except UnicodeDecodeError:
        decoder.setstate(state)
        decoder.errors = "replace"
        return Block(decoder.decode(block, final).encode(errors="replace"), damaged=True)
