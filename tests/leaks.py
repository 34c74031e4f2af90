"""Whether a dump of the database, or a log, gives any of a set of plaintexts away: as they are, or written in another way.

A plaintext is looked for as text, in hexadecimal, in base64 at any of its three places, escaped as JSON and in addresses, and as
the plain hash that anybody could compute of it. What is too short to be told from chance is refused.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

HASHES = ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s", "sm3")
SHORTEST_BYTES = 4


class Leak(NamedTuple):
    """Where a plaintext was found, which, and how it was written."""

    place: str
    plaintext: str
    form: str


def forms(plaintext: str) -> dict[str, str]:
    """The plaintext as it might be written, in lower case."""
    raw = plaintext.encode()
    assert len(raw) >= SHORTEST_BYTES, f"{plaintext!r} is too short to be looked for"
    found = {
        "text": plaintext, "hex": raw.hex(), "utf-16 hex": plaintext.encode("utf-16-le").hex(),
        "json": json.dumps(plaintext)[1:-1], "address": quote(plaintext, safe=""),
    }  # fmt: skip
    for shift in range(3):  # whatever comes before and after it, these characters of base64 are the same
        whole = base64.b64encode(b"\0" * shift + raw).decode()
        found[f"base64 +{shift}"] = whole[(0, 2, 3)[shift] : len(whole) - (0, 3, 2)[(shift + len(raw)) % 3] - 1]
    for name in HASHES:
        found[name] = _hash(name, raw)
    return {form: written.lower() for form, written in found.items() if len(written) >= 2}


def leaks_in(place: str, text: str, plaintexts: Iterable[str]) -> list[Leak]:
    """Every plaintext that this text gives away."""
    lowered = text.lower()
    return [
        Leak(place, plaintext, form)
        for plaintext in plaintexts
        for form, written in forms(plaintext).items()
        if written in lowered
    ]


def leaks_in_database(plaintexts: Iterable[str]) -> list[Leak]:
    """Every plaintext that a dump of the database gives away, by table; an uncommitted transaction's rows are in it."""
    wanted = list(plaintexts)
    return [leak for table, text in dump() for leak in leaks_in(table, text, wanted)]


def leaks_in_files(paths: Iterable[Path], plaintexts: Iterable[str]) -> list[Leak]:
    """Every plaintext that these files, logs for instance, give away."""
    wanted = list(plaintexts)
    return [leak for path in paths for leak in leaks_in(str(path), path.read_text(errors="replace"), wanted)]


def dump() -> Iterator[tuple[str, str]]:
    """Every table of every schema that is not the server's own, with all its cells as text."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(
                f"SELECT coalesce(string_agg(cell.value, chr(10)), '') FROM {table} AS t, jsonb_each_text(to_jsonb(t)) AS cell"
            )
            yield table, cursor.fetchone()[0]


def _hash(name: str, raw: bytes) -> str:
    if name == "sm3":  # not in every hashlib
        from tanhui.support.security.keys.suites import NATIONAL

        return NATIONAL.digest(raw).hex()
    return hashlib.new(name, raw, usedforsecurity=False).hexdigest()
