"""The database that comes with the installation: started on first use, shared by all processes of its home.

The server stays when the process that started it ends, since others may be using it; ``stop`` ends it. It costs about
30 MB while idle. Killed or stopped, it comes back with the next use, and recovers what was committed.
"""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanhui.config.engine.ground import SUPERUSER, data_version, foreign_home
from tanhui.config.engine.launch import start
from tanhui.config.engine.locks import PAUSE, Progress, held, is_free, silent
from tanhui.config.engine.places import Places, places
from tanhui.config.engine.postmaster import Postmaster, is_postmaster, live_postmaster


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where to connect (``host`` is the socket's directory), as whom, and what it is."""

    host: str
    port: int
    superuser: str
    pid: int
    version: str
    state: str
    home: Path

    def connection(self, database: str) -> dict[str, Any]:
        """Keyword arguments for ``psycopg.connect``."""
        return {"host": self.host, "port": self.port, "user": self.superuser, "dbname": database}


def ensure_running(
    home: Path | None = None, *, progress: Progress = silent, settings: Mapping[str, str] | None = None
) -> Server:
    """The server of this home, started if it is not running. Cheap when it runs: two small files are read.

    ``progress`` is called while waiting, which has no limit as long as the server's process lives. ``settings`` are
    further PostgreSQL settings for a server that is started by this call.

    Raises:
        EngineError: when there can be no server; its sentence says why and what to do.
    """
    place = places(home)
    with foreign_home(place):
        running = live_postmaster(place.data)
        if running is None or not running.is_ready:
            running = start(place, progress=progress, settings=settings or {})
        return _server(place, running)


def status(home: Path | None = None) -> Server | None:
    """The server of this home if its process lives, in whatever state; else None. Starts nothing."""
    place = places(home)
    with foreign_home(place):
        running = live_postmaster(place.data)
        return _server(place, running) if running else None


def stop(home: Path | None = None, *, progress: Progress = silent) -> bool:
    """End the server of this home: open transactions are rolled back, all is written. Returns whether one was running.

    Waits until no process of it lives.
    """
    place = places(home)
    with foreign_home(place):
        if not place.start_lock.exists():
            return False
        with held(place.start_lock, waiting_for="another process that starts the database", progress=progress):
            running = live_postmaster(place.data)
            if running is None:
                return False
            os.kill(running.pid, signal.SIGINT)  # PostgreSQL's "fast shutdown"
            began = time.monotonic()
            while is_postmaster(running.pid, place.data) or not is_free(place.alive_lock):
                progress("the database to stop", time.monotonic() - began)
                time.sleep(PAUSE)
            return True


def _server(place: Places, running: Postmaster) -> Server:
    return Server(
        host=running.socket_directory,
        port=running.port,
        superuser=SUPERUSER,
        pid=running.pid,
        version=data_version(place),
        state=running.state,
        home=place.home,
    )
