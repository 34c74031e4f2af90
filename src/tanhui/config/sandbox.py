"""The sandbox: a database of its own on the same server, migrated alike; a thread that enters it works in no other."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors

from tanhui.config.engine.errors import EngineError
from tanhui.config.prepare import make_ready

SUFFIX = "_sandbox"


def enter_sandbox() -> None:
    """From now on this thread's connections are the sandbox's. Django keeps connections by thread, so no other is touched."""
    for alias in ("default", "owner"):
        live = connections[alias]
        live.close()
        connections[alias] = _beside(live, alias)


def prepare_sandbox() -> None:
    """The sandbox's database, made when it is missing and brought to this version. Raises `EngineError` when it cannot be."""
    with ThreadPoolExecutor(1, "prepare-sandbox") as thread:
        thread.submit(_prepare).result()


def _prepare() -> None:
    owner = connections["owner"]
    name = owner.settings_dict["NAME"] + SUFFIX
    try:
        with owner.cursor() as cursor:
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                with suppress(
                    errors.DuplicateDatabase, errors.UniqueViolation
                ):  # another process made it in this moment
                    cursor.connection.execute(f"CREATE DATABASE {owner.ops.quote_name(name)}")
    except (DatabaseError, psycopg.DatabaseError) as problem:
        raise EngineError(
            "sandbox_missing",
            en=f"The sandbox's database cannot be made; as a superuser: CREATE DATABASE {name} OWNER the owner.",
            zh=f"无法建立沙箱数据库；请以超级用户执行 CREATE DATABASE {name}，并指定所有者。",
        ) from problem
    enter_sandbox()
    make_ready()
    connections.close_all()


def _beside(live: BaseDatabaseWrapper, alias: str) -> BaseDatabaseWrapper:
    wrapper = connections.create_connection(alias)
    name = str(live.settings_dict["NAME"]).removesuffix(SUFFIX) + SUFFIX
    wrapper.settings_dict = {**live.settings_dict, "NAME": name}
    return wrapper
