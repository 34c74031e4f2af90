"""Makes the database ready: the application's role, and the tables as this version of the platform wants them."""

from functools import cache

import django
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

ROLE = "tanhui_app"
MIGRATING = 7_203_022  # the advisory lock under which one process at a time migrates


@cache
def prepare() -> None:
    """Sets Django up and brings the database to this version; done once a process, safe from many at once.

    Starts the embedded server when no other is named. Raises `EngineError` when there is no database to be had.
    """
    django.setup()
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN")
            cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
    executor = MigrationExecutor(owner)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    owner.close()
