"""Where the embedded database lives: data, socket, log and locks under one home directory."""

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tanhui.config.engine.errors import EngineError

PORT = 5432  # names the socket file only; no TCP port is opened
SOCKET_NAME = f".s.PGSQL.{PORT}.lock"
LONGEST_SOCKET_PATH = 99  # bytes; macOS allows 103, Linux 107


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one embedded database, all under ``home``."""

    home: Path

    @property
    def root(self) -> Path:
        """The directory for PostgreSQL; nothing else is kept in it."""
        return self.home / "postgresql"

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.root / "server.log"

    @property
    def start_lock(self) -> Path:
        """Locked by whoever starts or stops the server."""
        return self.root / "start.lock"

    @property
    def alive_lock(self) -> Path:
        """Locked by the server and every process of it, for as long as one of them lives."""
        return self.root / "alive.lock"

    def socket_directory(self, uid: int) -> Path:
        """A directory for the socket that only the server's user can enter; in /tmp when the home's path is long."""
        preferred = self.root / "run"
        if len(os.fsencode(preferred / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return preferred
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path("/tmp") / f"tanhui-{uid}-{digest}"  # noqa: S108  # made 0700 and checked before use


def places(home: Path | None = None, environ: Mapping[str, str] = os.environ) -> Places:
    """The places under ``home``, or under the home that the environment and the system's custom give."""
    return Places(home=Path(os.path.realpath(home or default_home(environ))))


def default_home(environ: Mapping[str, str] = os.environ) -> Path:
    """``TANHUI_HOME``; else the user's data directory; else, for root, /var/lib/tanhui.

    Raises:
        EngineError: ``no_home`` when the user has no home directory.
    """
    if named := environ.get("TANHUI_HOME"):
        return Path(named).expanduser()
    if os.geteuid() == 0:
        return Path("/var/lib/tanhui")
    try:
        if sys.platform == "darwin":
            return Path("~/Library/Application Support/tanhui").expanduser()
        named = environ.get("XDG_DATA_HOME") or ""
        return (Path(named) if Path(named).is_absolute() else Path("~/.local/share").expanduser()) / "tanhui"
    except RuntimeError:
        raise EngineError(
            "no_home",
            en="This user has no home directory: set TANHUI_HOME to a directory for Tanhui's data.",
            zh="当前用户没有主目录：请用 TANHUI_HOME 指定碳惠数据目录。",
        ) from None
