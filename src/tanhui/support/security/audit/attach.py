"""Hanging the trail on the tables of the register. Done as the owner, after migrations, at every start that finds otherwise."""

import json

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from tanhui.support.security.audit.types import Audited, Register

Hung = dict[tuple[str, str], str]
"""(table, trigger) → its arguments and columns."""
ALL = ("audit_insert", "audit_update", "audit_delete", "audit_truncate")
_FOUND = """
    SELECT c.relname, t.tgname, replace(encode(t.tgargs, 'escape'), '\\000', '|') || ' ' || coalesce((
               SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(t.tgattr) WITH ORDINALITY AS k(number, place)
               JOIN pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attnum = k.number), '')
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
    WHERE t.tgfoid = 'audit_write'::regproc AND t.tgenabled = 'A'
"""
_TABLES = {
    "insert": "NEW TABLE AS fresh",
    "update": "OLD TABLE AS stale NEW TABLE AS fresh",
    "delete": "OLD TABLE AS stale",
}


def attach(register: Register, *, using: str = "owner") -> list[str]:
    """Hangs the trail on every audited table, and on no other; the tables that were changed. Each change is an event itself."""
    wanted: Hung = {}
    for table in register:
        if isinstance(table, Audited):
            wanted |= {(table.table, name): _spec(table, name) for name in _triggers(table)}
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        found = hung(cursor)
        if found == wanted:
            return []
        tables = sorted({table for (table, _), _ in wanted.items() ^ found.items()})
        for name in tables:
            entry = next((t for t in register if isinstance(t, Audited) and t.table == name), None)
            _hang(cursor, name, entry)
        return tables


def hung(cursor: CursorWrapper) -> Hung:
    """The trail's triggers as they stand, enabled always."""
    cursor.execute(_FOUND)
    return {(table, name): said for table, name, said in cursor.fetchall()}


def _triggers(table: Audited) -> tuple[str, ...]:
    return ("audit_update", "audit_truncate") if table.only else ALL


def _spec(table: Audited, name: str) -> str:
    columns = ",".join(table.only) if name == "audit_update" else ""
    return f"{','.join(table.key)}|{','.join(table.sealed)}|{table.inserts}| {columns}"


def _hang(cursor: CursorWrapper, name: str, table: Audited | None) -> None:
    for trigger in ALL:
        cursor.execute(f'DROP TRIGGER IF EXISTS {trigger} ON "{name}"')
    if table is None:
        cursor.execute("SELECT audit_note(%s, 'detach', '{}')", [name])
        return
    for trigger in _triggers(table):
        cursor.execute(_statement(table, trigger))
        cursor.execute(f'ALTER TABLE "{name}" ENABLE ALWAYS TRIGGER {trigger}')
    told = {"key": table.key, "sealed": table.sealed, "inserts": table.inserts, "only": table.only}
    cursor.execute("SELECT audit_note(%s, 'attach', %s)", [name, json.dumps(told)])


def _statement(table: Audited, trigger: str) -> str:
    event = trigger.removeprefix("audit_")
    arguments = ", ".join(f"'{part}'" for part in (",".join(table.key), ",".join(table.sealed), table.inserts))
    if event == "truncate":
        when, each = "BEFORE TRUNCATE", "FOR EACH STATEMENT"
    elif table.only:
        columns = ", ".join(table.only)
        differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in table.only)
        when, each = f"AFTER UPDATE OF {columns}", f"FOR EACH ROW WHEN ({differs})"
    else:
        when, each = f"AFTER {event.upper()}", "FOR EACH STATEMENT"
    referencing = "" if event == "truncate" or table.only else f" REFERENCING {_TABLES[event]}"
    return f'CREATE TRIGGER {trigger} {when} ON "{table.table}"{referencing} {each} EXECUTE FUNCTION audit_write({arguments})'
