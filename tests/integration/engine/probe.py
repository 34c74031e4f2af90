"""What the tests of the engine ask of a server."""

import os

import psycopg
import pytest

from tanhui.config.engine.embedded import Server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to switch users")


def query(server: Server, statement: str) -> object:
    """The first value that a statement gives."""
    with psycopg.connect(**server.connection("postgres")) as connection:
        row = connection.execute(statement).fetchone()
        assert row is not None
        return row[0]
