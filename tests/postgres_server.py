"""The PostgreSQL server of this machine that the tests may make databases on. Run as a program, it prints its address."""

import os
import sys

import psycopg

USUAL = (
    "postgresql:///postgres",
    "postgresql://postgres@/postgres",
    "postgresql://postgres@127.0.0.1:5432/postgres",
)


def find_server() -> str | None:
    """``TANHUI_TEST_DATABASE_URL``, else the first usual address whose server lets us make databases."""
    if named := os.environ.get("TANHUI_TEST_DATABASE_URL"):
        return named
    return next(filter(may_make_databases, USUAL), None)


def may_make_databases(url: str) -> bool:
    """Whether a server of version 15 or later answers there, and lets its user make databases and roles."""
    allowed = "SELECT rolsuper AND current_setting('server_version_num')::int >= 150000 FROM pg_roles WHERE rolname = "
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            return bool(connection.execute(f"{allowed} current_user").fetchone()[0])
    except psycopg.OperationalError:
        return False


if __name__ == "__main__":
    found = find_server()
    print(found or "no PostgreSQL server answers on this machine", file=sys.stdout if found else sys.stderr)
    sys.exit(found is None)
