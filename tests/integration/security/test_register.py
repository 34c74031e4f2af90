"""Every table stands in the register of the audit, and is in the database what the register says."""

import pytest
from django.apps import apps
from django.db import connection

from tanhui.config.audited import AUDITED
from tanhui.support.security.audit.types import AppendOnly, Audited, Exempt
from tanhui.support.security.personal_data.register import register
from tanhui.support.security.personal_data.types import SENSITIVE

ROLE = "tanhui_app"
pytestmark = pytest.mark.django_db


def rows(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        return cursor.fetchall()


def tables() -> set[str]:
    return {str(name) for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


def test_every_table_stands_in_the_register_once() -> None:
    named = [entry.table for entry in AUDITED]

    assert sorted(tables() - set(named)) == [], "say in config/audited.py whether they are audited"
    assert sorted(set(named) - tables()) == [], "these are in config/audited.py, and there are no such tables"
    assert len(named) == len(set(named))


def test_whatever_is_exempt_has_a_reason() -> None:
    assert [entry.table for entry in AUDITED if isinstance(entry, Exempt) and len(entry.because) < 10] == []


@pytest.mark.parametrize("table", [entry.table for entry in AUDITED if isinstance(entry, AppendOnly)])
def test_the_application_cannot_change_what_is_append_only(table: str) -> None:
    (rights,) = rows(
        "SELECT has_any_column_privilege(%s, %s, 'UPDATE'), has_table_privilege(%s, %s, 'DELETE'), "
        "has_table_privilege(%s, %s, 'TRUNCATE')",
        *(ROLE, table) * 3,
    )
    assert rights == (False, False, False)


@pytest.mark.parametrize(
    "entry", [entry for entry in AUDITED if isinstance(entry, Audited)], ids=lambda entry: entry.table
)
def test_the_trail_hangs_on_what_is_audited_and_its_columns_are_there(entry: Audited) -> None:
    columns = dict(
        rows("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", entry.table)
    )
    assert {*entry.key, *entry.sealed, *entry.only} <= columns.keys()
    binary = {name for name, kind in columns.items() if kind == "bytea"}
    assert binary <= set(entry.sealed), (
        "what is sealed, hashed or indexed blindly is told as changed, never with a value"
    )
    hung = rows(
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgfoid = 'audit_write'::regproc", entry.table
    )
    assert hung == [(2 if entry.only else 4,)]


def test_what_is_sensitive_or_sealed_is_never_told_with_a_value() -> None:
    audited = {entry.table: entry.sealed for entry in AUDITED if isinstance(entry, Audited)}
    told = []
    for label in register():
        if label.kind == SENSITIVE or label.sealed_by:
            model = apps.get_model(label.app, label.model)._meta
            if model.get_field(label.field).column not in audited.get(
                model.db_table, (model.get_field(label.field).column,)
            ):
                told.append(label.name)
    assert told == []


def test_the_application_has_no_way_around_the_triggers() -> None:
    assert rows("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", ROLE) == [(0,)]
    assert rows("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", ROLE) == [(False,) * 3]
    assert rows("SELECT has_schema_privilege(%s, 'public', 'CREATE')", ROLE) == [(False,)]
    assert rows("SELECT has_function_privilege(%s, 'audit_write()', 'EXECUTE')", ROLE) == [(False,)]
