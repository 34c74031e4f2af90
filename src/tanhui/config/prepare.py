"""Makes the database ready: the application's role, and the tables as this version of the platform wants them."""

from contextlib import suppress
from functools import cache

import django
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, ProgrammingError, connections
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor

from tanhui.config import settings
from tanhui.config.audited import AUDITED
from tanhui.config.engine.database import BACKEND
from tanhui.config.engine.errors import EngineError
from tanhui.config.settings import ROLE
from tanhui.support.security.audit.attach import attach

MIGRATING = 7_203_022  # the advisory lock under which one process at a time migrates


@cache
def prepare() -> None:
    """Sets Django up and brings the database to this version; done once a process, safe from many at once.

    Starts the embedded server when no other is named. Raises `EngineError` when there is no database to be had.
    """
    django.setup()
    make_ready()


def make_ready() -> None:
    """Brings the database that this thread's `owner` opens to this version. Raises as `prepare` does."""
    owner = connections["owner"]
    try:
        owner.ensure_connection()
    except OperationalError as problem:
        raise EngineError(
            "database_unreachable",
            en=f"The database cannot be reached: {_first_line(problem)}",
            zh=f"无法连接数据库：{_first_line(problem)}",
        ) from problem
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        _ensure_role(cursor)
        _forbid_shadows(cursor, owner.settings_dict["NAME"])
    executor = MigrationExecutor(owner)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    attach(AUDITED)
    owner.close()


def _ensure_role(cursor: CursorWrapper) -> None:
    """The application's role exists, and whoever connects may work as it. A role is shared by all databases of a server."""
    login = "LOGIN" if settings.OWNER["ENGINE"] == BACKEND else "NOLOGIN"
    cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [ROLE])
    row = cursor.fetchone()
    try:
        if row is None:
            with suppress(ProgrammingError, IntegrityError):  # another database of the server made it in this moment
                cursor.execute(f"CREATE ROLE {ROLE} {login}")
        elif login == "LOGIN" and not row[0]:
            cursor.execute(f"ALTER ROLE {ROLE} LOGIN")
        cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [ROLE])
        (member,) = cursor.fetchone()
        if not member:
            cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
    except ProgrammingError as problem:
        raise EngineError(
            "role_missing",
            en=f"The database's owner may not make or take the role {ROLE}; as a superuser: CREATE ROLE {ROLE}; GRANT {ROLE} TO the owner.",
            zh=f"数据库所有者无权建立或使用角色 {ROLE}；请以超级用户执行 CREATE ROLE {ROLE}; 并 GRANT {ROLE} TO 所有者。",
        ) from problem


def _forbid_shadows(cursor: CursorWrapper, database: str) -> None:
    """Nobody but the owner makes temporary tables: one named as a table of the ledger would stand before it."""
    cursor.execute("SELECT has_database_privilege(%s, current_database(), 'TEMPORARY')", [ROLE])
    (allowed,) = cursor.fetchone()
    if allowed:
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {connections['owner'].ops.quote_name(database)} FROM PUBLIC")


def _first_line(problem: Exception) -> str:
    return str(problem).strip().splitlines()[0]
