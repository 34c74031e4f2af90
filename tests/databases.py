"""The databases of one run of the tests.

A run has a directory of its own. On first need one process of the run starts a server there (or takes the one of
``TANHUI_TEST_DB=server``) and makes a migrated template; each process that runs tests clones a database from it.
Nothing of it touches the data of whoever runs the tests. What a killed run has left is cleared by the next.
"""

import fcntl
import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql
from tests.postgres_server import find_server

import tanhui.config.settings
from tanhui.config.engine import embedded
from tanhui.config.engine.database import parse_url
from tanhui.config.environment import environment
from tanhui.config.prepare import prepare

PREFIX = "tanhui-run-"
RUN = "TANHUI_TEST_RUN"  # tells the workers the directory of the run
# The tests' data may be lost with the machine.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "256MB"}


@dataclass(frozen=True)
class Run:
    """One run of the tests: its directory, and the server's address unless it has its own."""

    directory: Path
    url: str | None

    @property
    def home(self) -> Path:
        return self.directory / "home"

    @property
    def template(self) -> str:
        return self.directory.name.replace("-", "_") + "_template"

    def database(self, worker: str) -> str:
        return self.directory.name.replace("-", "_") + f"_{worker}"

    def administer(self, *statements: sql.Composed | sql.SQL) -> None:
        """Execute statements on the server, outside of any transaction."""
        if self.url is None:
            parameters = embedded.ensure_running(self.home, settings=FAST).connection("postgres")
        else:
            parameters = parse_url(self.url)
        with psycopg.connect(**parameters, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    @contextmanager
    def only_one(self) -> Iterator[None]:
        """One process of the run at a time."""
        with (self.directory / "template.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @property
    def has_template(self) -> Path:
        """A file that is there once the template is migrated."""
        return self.directory / "template-is-ready"

    def clone(self, worker: str) -> str:
        """A new database of this worker, made from the template, which the first to come migrates: its name."""
        names = {"name": sql.Identifier(self.database(worker)), "template": sql.Identifier(self.template)}
        with self.only_one():
            if not self.has_template.exists():
                self.administer(sql.SQL("CREATE DATABASE {template}").format(**names))
                name_database(self.template)
                prepare.__wrapped__()  # without its memory of having been called
                name_database("migrated")
                self.has_template.touch()
            self.administer(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
        return self.database(worker)

    def address(self, name: str) -> str:
        """The address of a database of this run, for ``TANHUI_DATABASE_URL``."""
        if self.url is None:
            parts = embedded.ensure_running(self.home, settings=FAST).connection(name)
        else:
            parts = parse_url(self.url) | {"dbname": name}
        return "postgresql://?" + urlencode(parts)

    def drop(self, name: str) -> None:
        self.administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def begin() -> Run:
    """Begin a run, or join the one of the controller in a worker. The environment then names no other database."""
    server = os.environ.get("TANHUI_TEST_DB") == "server"
    if RUN not in os.environ:
        clear_left_behind()
        directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=tempfile.gettempdir()))
        directory.chmod(0o755 if os.geteuid() == 0 else 0o700)  # under root the server runs as another user
        os.environ[RUN] = str(directory)
    run = Run(directory=Path(os.environ[RUN]), url=find_server() if server else None)
    if server and run.url is None:
        raise SystemExit("TANHUI_TEST_DB=server: no PostgreSQL server answers; name one in TANHUI_TEST_DATABASE_URL")
    os.environ["TANHUI_HOME"] = str(run.home)  # for programs that tests start, too
    os.environ.pop("TANHUI_DATABASE_URL", None)
    return run


def use(run: Run) -> None:
    """Point Django at the run's server, before any connection; which database, each process says later."""
    if run.url is not None:
        os.environ["TANHUI_DATABASE_URL"] = run.url
    environment.cache_clear()
    importlib.reload(tanhui.config.settings)
    os.environ.pop("TANHUI_DATABASE_URL", None)
    settings.DATABASES.update(tanhui.config.settings.DATABASES)
    for begun in connections.all(initialized_only=True):
        del connections[begun.alias]  # models have asked for one when they were loaded
    settings.TANHUI_KEYS = tanhui.config.settings.TANHUI_KEYS
    connections.__dict__.pop("settings", None)  # what was read from them before
    name_database("no-test-has-asked-for-a-database")


def name_database(name: str) -> None:
    """The database that all of Django's connections of this process open from now on."""
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def hold(run: Run) -> int:
    """Mark the run as living, as long as this process does.

    The lock gets its name once it is held: another run that begins now would take a free one for that of a killed run.
    """
    draft = run.directory / "run.lock.new"
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    draft.rename(run.directory / "run.lock")
    return descriptor


def end(run: Run) -> None:
    """Drop what the run has made."""
    if run.url is not None:
        run.drop(run.template)
    discard(run.directory)


def clear_left_behind() -> None:
    """End the servers of runs that were killed, and remove their directories."""
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError), (directory / "run.lock").open("r+") as file:  # another user's, or taken, or being made
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            discard(directory)


def discard(directory: Path) -> None:
    embedded.stop(directory / "home")
    shutil.rmtree(directory, ignore_errors=True)
