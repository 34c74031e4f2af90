"""Which system user the server runs as, and that it can reach what it needs.

PostgreSQL refuses to run as root. Under root an existing unprivileged user is taken (``postgres``, else ``nobody``); no
user is added, and no directory that is not ours is opened for it.
"""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

from tanhui.config.engine.errors import EngineError
from tanhui.config.engine.locate import Binaries

CANDIDATES = ("postgres", "_postgres", "nobody")


@dataclass(frozen=True, slots=True)
class ServerUser:
    """A system user; ``switched`` when it is another than the one this process runs as."""

    name: str
    uid: int
    gid: int
    switched: bool

    def run(self, command: list[str], *, cwd: Path, keep: tuple[int, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run a command as this user to its end; ``keep`` are file descriptors that it inherits."""
        return subprocess.run(  # noqa: S603  # commands are composed by this package
            command,
            cwd=cwd,
            env=clean_environment(),
            user=self.uid if self.switched else None,
            group=self.gid if self.switched else None,
            extra_groups=[] if self.switched else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            pass_fds=keep,
            start_new_session=True,
            check=False,
        )

    def own(self, path: Path) -> None:
        """Give a file or directory that this process has just made to this user."""
        if self.switched:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_enter(self, directory: Path) -> bool:
        """Whether this user can reach and read the directory.

        Raises:
            EngineError: ``cannot_switch_user`` where even root may not run a program as this user.
        """
        try:
            found = self.run(["/bin/sh", "-c", 'test -r "$1" && test -x "$1"', "sh", str(directory)], cwd=Path("/"))
        except (PermissionError, subprocess.SubprocessError):
            raise EngineError(
                "cannot_switch_user",
                en=f"PostgreSQL does not run as root, and this container does not allow to run it as '{self.name}'. "
                "Run Tanhui as an ordinary user, or name a server in TANHUI_DATABASE_URL.",
                zh=f"PostgreSQL 不能以 root 身份运行，而此容器不允许切换到用户 {self.name}。"
                "请以普通用户运行碳惠，或在 TANHUI_DATABASE_URL 中指定服务器。",
            ) from None
        return found.returncode == 0


def server_user() -> ServerUser:
    """The user of this process; under root, an existing unprivileged one.

    Raises:
        EngineError: ``no_server_user`` under root when neither ``postgres`` nor ``nobody`` exists.
    """
    uid = os.geteuid()
    if uid != 0:
        return ServerUser(name=_name_of(uid), uid=uid, gid=os.getegid(), switched=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(name=name, uid=entry.pw_uid, gid=entry.pw_gid, switched=True)
    raise EngineError(
        "no_server_user",
        en="PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' to run it as. "
        "Run Tanhui as an ordinary user, or name a server in TANHUI_DATABASE_URL.",
        zh="PostgreSQL 不能以 root 身份运行，且系统中没有 postgres 或 nobody 用户。"
        "请以普通用户运行碳惠，或在 TANHUI_DATABASE_URL 中指定服务器。",
    )


def reachable_binaries(binaries: Binaries, user: ServerUser, root: Path) -> Binaries:
    """The same programs where the user can run them: a copy under ``root`` when the installation is private to root.

    A wheel's programs look for their libraries beside the package (``NAME.libs``), so those are copied along.
    """
    if not user.switched or user.can_enter(binaries.directory):
        return binaries
    copy = root / f"programs-{binaries.version_text}"
    install = binaries.directory.parent
    package = install.parent
    if not copy.is_dir():
        draft = Path(mkdtemp(prefix=f"{copy.name}.", dir=root))
        shutil.copytree(
            install, draft / package.name / install.name, symlinks=True, ignore=shutil.ignore_patterns("include")
        )
        for libraries in (package.with_name(f"{package.name}.libs"), package / ".dylibs"):
            if libraries.is_dir():
                shutil.copytree(libraries, draft / libraries.relative_to(package.parent), symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.stat().st_mode & 0o100 else 0o444))
        draft.rename(copy)
    return replace(binaries, directory=copy / binaries.directory.relative_to(package.parent))


def clean_environment() -> dict[str, str]:
    """The environment for PostgreSQL's programs: nothing of the caller's that would change what they do."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C"}


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
