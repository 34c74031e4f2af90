"""A partner's file opened as plain bytes, whatever it is wrapped in: gzip, bzip2, xz or a zip archive, found by content."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, Any, Literal, cast

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

Format = Literal["delimited", "excel", "json", "ndjson", "parquet", "ubl-xml"]
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@contextmanager
def unwrapped(path: Path, *, member: str | None = None) -> Iterator[IO[bytes]]:
    """The bytes of the file, decompressed as they are read; of a zip archive, the member that fits the pattern.

    Raises `Refusal` when the file is missing, or when not exactly one member fits.
    """
    try:
        head = _head(path)
    except OSError as problem:
        text = Text("无法打开文件 {p}：{e}。", "The file {p} cannot be opened: {e}.")
        raise Refusal("file_unreadable", text.format(p=path.name, e=problem.strerror), field="file") from problem
    try:
        with _stream(path, head, member) as stream:
            yield stream
    except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, lzma.LZMAError) as problem:
        text = Text("压缩文件 {p} 已损坏或不完整。", "The compressed file {p} is damaged or cut short.").format(
            p=path.name
        )
        raise Refusal("file_unreadable", text, field="file") from problem


@contextmanager
def _stream(path: Path, head: bytes, member: str | None) -> Iterator[IO[bytes]]:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not is_workbook(path):  # the second has no members
        with zipfile.ZipFile(path) as archive, archive.open(_member(archive, path, member)) as stream:
            yield stream
        return
    opener = next((opener for magic, opener in _WRAPPERS.items() if head.startswith(magic)), None)
    if opener is None:
        with path.open("rb") as stream:
            yield stream
        return
    with opener(path, "rb") as stream:
        yield cast("IO[bytes]", stream)


_WRAPPERS: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}


def is_workbook(path: Path) -> bool:
    """Whether the file is a spreadsheet (xlsx, xlsb, ods are zip archives themselves; xls is an OLE file)."""
    head = _head(path)
    if head.startswith(_OLE):
        return True
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return False
    return bool(names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"})


def format_of(path: Path, *, member: str | None = None) -> Format:
    """What the content is, whatever the file is called. Raises `Refusal` as `unwrapped` does."""
    with unwrapped(path, member=member) as stream:
        head = stream.read(4096)
    if is_workbook(path):
        return "excel"
    if head.startswith(b"PAR1"):
        return "parquet"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return "ubl-xml"
    if start.startswith(b"["):
        return "json"
    if start.startswith(b"{"):
        first = start.split(b"\n", 1)[0].rstrip()
        return "ndjson" if first.endswith(b"}") and len(first) < len(start.rstrip()) else "json"
    return "delimited"


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(16)


def _member(archive: zipfile.ZipFile, path: Path, pattern: str | None) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
    fitting = [name for name in names if fnmatch(name, pattern)] if pattern else names
    fitting = fitting if len(fitting) == 1 else [name for name in fitting if not Path(name).name.startswith(".")]
    if len(fitting) != 1:
        text = Text(
            "{p} 中应恰有一个文件符合“{w}”，实有 {n} 个：{a}。",
            "{p} must hold exactly one file like “{w}”; it holds {n}: {a}.",
        ).format(p=path.name, w=pattern or "*", n=len(fitting), a=", ".join((fitting or names)[:8]) or "-")
        raise Refusal("archive_member", text, field="file.member")
    return fitting[0]
