"""A database of the benchmarks' own, begun anew for each: loading it, copying into it raw, and what its processes cost."""

import os
import sys
from hashlib import blake2b
from pathlib import Path

import numpy as np
import psycopg
from django.db import connections
from psycopg import sql

from bench.records import DAY_BEGINS, NAMESPACE, TERMS
from tanhui.config.engine import database
from tanhui.config.engine.database import DATABASE
from tanhui.config.engine.embedded import Server, ensure_running
from tanhui.config.prepare import prepare

SECRET = b"the benchmarks' own secret"
LINK_ROW = np.dtype(
    [("fields", ">i2"), ("a", ">i4"), ("subject", "V16"), ("b", ">i4"), ("person", ">i8"), ("c", ">i4"),
     ("namespace", "V5"), ("d", ">i4"), ("created_at", ">i8")]
)  # fmt: skip
COPY_BEGIN, COPY_END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


def begin_anew(persons: int) -> None:
    """An empty database with so many persons, each linked to a user of the partner and with an open account."""
    connections.close_all()
    owner = connections["owner"]
    owner.ensure_connection()
    with psycopg.connect(**server().connection("postgres"), autocommit=True) as control:
        owner.close()
        control.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
    database._made.clear()  # noqa: SLF001 - it was dropped behind its back
    prepare.__wrapped__()
    _load_persons(persons)


def server() -> Server:
    """The running server of the benchmarks' home."""
    return ensure_running(Path(os.environ["TANHUI_HOME"]))


def as_owner() -> psycopg.Connection:
    """A connection that may do everything, each statement by itself."""
    return psycopg.connect(**server().connection(DATABASE), autocommit=True)


def _load_persons(persons: int) -> None:
    hashed = b"".join(
        blake2b(f"{NAMESPACE}\0user-{person:08d}".encode(), key=SECRET[:64], digest_size=16).digest()
        for person in range(persons)
    )
    rows = np.zeros(persons, dtype=LINK_ROW)
    rows["fields"], rows["a"], rows["b"], rows["c"], rows["d"] = 4, 16, 8, len(NAMESPACE), 8
    rows["subject"] = np.frombuffer(hashed, dtype="V16")
    rows["person"], rows["namespace"] = np.arange(1, persons + 1), np.void(NAMESPACE.encode())
    with as_owner() as connection:
        connection.execute(
            "INSERT INTO participants_partner (code, name, kind, agreement_from, created_at) VALUES (%s, %s, 'file', %s, now())",
            [TERMS.code, TERMS.code, TERMS.agreement_from],
        )
        connection.execute(
            "INSERT INTO participants_person (created_at) SELECT now() FROM generate_series(1, %s)", [persons]
        )
        with connection.cursor().copy(
            "COPY participants_person_link (subject, person_id, namespace, created_at) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.write(COPY_BEGIN + rows.tobytes() + COPY_END)
        connection.execute("INSERT INTO ledger_balance (person_id) SELECT id FROM participants_person ORDER BY id")
        connection.execute("VACUUM ANALYZE")


def load_history(records: int, *, persons: int) -> None:
    """So many records booked before, by turns to all persons, and the balances they make.

    They are written past the triggers and indexed afterwards, which is quick; the books are as if they had been posted.
    """
    with as_owner() as connection:
        indexes = connection.execute(INDEXES, {"table": "ledger_posting"}).fetchall()
        connection.execute("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
        connection.execute("ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_pkey")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX IF EXISTS {name}")
        connection.execute(HISTORY, {"records": records, "persons": persons, "until": DAY_BEGINS}, prepare=False)
        connection.execute("ALTER TABLE ledger_posting ADD PRIMARY KEY (key)")
        for name, definition in indexes:
            if name != "ledger_posting_pkey":
                connection.execute(definition)
        connection.execute("ALTER TABLE ledger_posting ENABLE TRIGGER USER")
        for part in range(SLICES):  # a row finds room on its page, as it does when postings come little by little
            connection.execute(HISTORY_BALANCES, {"part": part, "parts": SLICES})
        connection.execute("VACUUM ANALYZE")


def copy_of_postings(connection: psycopg.Connection, name: str) -> None:
    """A table like the postings', with the same rows, columns and indexes, and no triggers."""
    connection.execute(f"CREATE TABLE {name} (LIKE ledger_posting)")
    connection.execute(f"INSERT INTO {name} SELECT * FROM ledger_posting")
    for index, definition in connection.execute(INDEXES, {"table": "ledger_posting"}).fetchall():
        connection.execute(definition.replace(index, f"{name}_{index}").replace("public.ledger_posting ", f"{name} "))
    connection.execute(f"VACUUM ANALYZE {name}")


INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %(table)s"
SLICES = 8
HISTORY = """
INSERT INTO ledger_posting
    (key, person_id, occurred_at, batch_id, content, household, quantity_1, quantity_2, quantity_3, reduction_mg,
     credited_mg, points_milli, sequence, duration_s, coefficient_id, rule_id, expires_on, region, partner_id, behavior,
     evidence, kind, capped_by)
SELECT ('0001' || lpad(to_hex(n), 8, '0') || left(md5(n::text), 20))::uuid, n * 7919 %% %(persons)s + 1,
       %(until)s - (%(records)s - n) * (interval '60 days' / %(records)s), 0, n, 0, 5000, 0, 0, 500000,
       500000, 500000, n / %(persons)s + 1, 600, 1, 1, '2029-01-01', 440300, 1, 19,
       1, 1, 0
FROM generate_series(0, %(records)s::bigint - 1) AS n
"""
HISTORY_BALANCES = """
UPDATE ledger_balance AS b
SET reduction_mg = s.mg, available_milli = s.milli, postings = s.many, last_ended_at = s.ended_at
FROM (SELECT person_id, sum(credited_mg)::bigint AS mg, sum(points_milli)::bigint AS milli, count(*) AS many,
             max(occurred_at + duration_s * interval '1 second') AS ended_at
      FROM ledger_posting WHERE person_id %% %(parts)s = %(part)s GROUP BY person_id) AS s
WHERE b.person_id = s.person_id
"""


def cpu_seconds() -> float:
    """What all processes of the server have used of the processors so far."""
    postmaster = server().pid
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(stat.parent.name) == postmaster:
            ticks += sum(map(int, values[11:15]))
        elif int(values[1]) == postmaster:
            ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def say(text: str) -> None:
    """What a benchmark is doing, beside its one line of result."""
    print(text, file=sys.stderr, flush=True)
