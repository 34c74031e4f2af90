"""Prepare the ground: the home directory, the private socket directory, and the data directory made by ``initdb``."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from tanhui.config.engine.errors import EngineError
from tanhui.config.engine.locate import Binaries
from tanhui.config.engine.places import Places
from tanhui.config.engine.server_user import ServerUser

SUPERUSER = "tanhui_owner"
# With lc_ctype=C pg_trgm finds no Chinese, so a UTF-8 character type is needed; the order of text is that of its bytes.
LOCALES = (
    ["--locale=C.UTF-8"],
    ["--locale=C", "--lc-ctype=en_US.UTF-8"],
    ["--locale=C", "--lc-ctype=UTF-8"] if sys.platform == "darwin" else ["--locale=C", "--lc-ctype=zh_CN.UTF-8"],
)


def prepare_home(place: Places, user: ServerUser) -> None:
    """Make the home and PostgreSQL's directory in it, and check that both are ours and within the server's reach.

    Raises:
        EngineError: ``home_not_ours``, ``home_not_writable``, ``home_out_of_reach``.
    """
    mode = 0o755 if user.switched else 0o700
    try:
        for directory in (place.home, place.root):
            if not directory.exists():
                directory.mkdir(parents=True, exist_ok=True)
                directory.chmod(mode)
            if directory.stat().st_uid not in {os.geteuid(), user.uid}:
                raise _not_ours(directory)
    except OSError as error:
        raise EngineError(
            "home_not_writable",
            en=f"The directory {place.home} cannot be made or written ({error.strerror}). Set TANHUI_HOME to another.",
            zh=f"无法创建或写入目录 {place.home}（{error.strerror}）。请用 TANHUI_HOME 指定其他目录。",
        ) from None
    if user.switched and not user.can_enter(place.root):
        raise EngineError(
            "home_out_of_reach",
            en=f"PostgreSQL does not run as root but as '{user.name}', who cannot reach {place.root}. "
            f"Set TANHUI_HOME to a directory that '{user.name}' can enter, such as /var/lib/tanhui.",
            zh=f"PostgreSQL 不能以 root 身份运行，而用户 {user.name} 无法进入 {place.root}。"
            f"请用 TANHUI_HOME 指定 {user.name} 可以进入的目录，例如 /var/lib/tanhui。",
        )


def prepare_socket_directory(place: Places, user: ServerUser) -> Path:
    """The directory for the socket, which nobody but the server's user can enter.

    Raises:
        EngineError: ``socket_directory_unsafe`` when somebody else has put something in its place.
    """
    directory = place.socket_directory(user.uid)
    try:
        directory.mkdir(mode=0o700)
        user.own(directory)
    except FileExistsError:
        pass
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid or stat.S_IMODE(found.st_mode) != 0o700:
        raise EngineError(
            "socket_directory_unsafe",
            en=f"{directory} should be a directory of '{user.name}' that nobody else can enter, and is not. Remove it.",
            zh=f"{directory} 应为仅用户 {user.name} 可进入的目录，实际不是。请将其删除。",
        )
    return directory


def prepare_data(place: Places, user: ServerUser, binaries: Binaries, *, lock: int) -> None:
    """Make the data directory if there is none, or check that these programs can open the one there is.

    It is made under another name and renamed, so that a half-made one is never taken for data. ``lock`` is the
    descriptor of the start lock; ``initdb`` keeps it, so that nobody comes in between even if this process dies.

    Raises:
        EngineError: ``other_version``, ``initdb_failed``.
    """
    if place.data.exists():
        _check_version(place, binaries)
        return
    for leftover in place.root.glob("data.new.*"):
        shutil.rmtree(leftover)
    draft = Path(mkdtemp(prefix="data.new.", dir=place.root))
    user.own(draft)
    options = ["--encoding=UTF8", "--data-checksums", "--auth=trust", f"--username={SUPERUSER}"]
    for locale in LOCALES:
        command = [binaries.program("initdb"), "-D", str(draft), *options, *locale]
        made = user.run(command, cwd=place.root, keep=(lock,))
        if made.returncode == 0:
            draft.rename(place.data)
            return
        if "locale" not in made.stderr:
            break
    shutil.rmtree(draft, ignore_errors=True)
    reason = "\n".join((made.stdout + made.stderr).strip().splitlines()[-8:])
    raise EngineError(
        "initdb_failed",
        en=f"The database could not be made in {place.root}:\n{reason}",
        zh=f"无法在 {place.root} 中创建数据库：\n{reason}",
    )


def data_version(place: Places) -> str:
    """The major version of PostgreSQL that made the data, such as ``18``."""
    return (place.data / "PG_VERSION").read_text().strip()


@contextmanager
def foreign_home(place: Places) -> Iterator[None]:
    """Tell what it means when files of the home may not be read: they are somebody else's.

    Raises:
        EngineError: ``home_not_ours``.
    """
    try:
        yield
    except PermissionError:
        raise _not_ours(place.home) from None


def _check_version(place: Places, binaries: Binaries) -> None:
    made_by = data_version(place)
    if made_by == str(binaries.major):
        return
    raise EngineError(
        "other_version",
        en=f"The data in {place.data} was made by PostgreSQL {made_by}, and the PostgreSQL found here is "
        f"{binaries.version_text} ({binaries.directory}). To go on with {made_by}, set TANHUI_POSTGRES_BIN to the "
        f"directory of its programs. To move to {binaries.major}: start {made_by} that way, save everything with its "
        f"pg_dumpall, stop it, rename {place.data}, start again without TANHUI_POSTGRES_BIN, and load what was saved "
        "with psql.",
        zh=f"{place.data} 中的数据由 PostgreSQL {made_by} 创建，而此处的 PostgreSQL 为 {binaries.version_text}。"
        f"若继续使用 {made_by}，请将 TANHUI_POSTGRES_BIN 设为其程序目录。若升级到 {binaries.major}："
        f"先照此启动 {made_by}，用 pg_dumpall 导出全部数据，停止，将 {place.data} 改名，"
        "取消 TANHUI_POSTGRES_BIN 后重新启动，再用 psql 导入。",
    )


def _not_ours(directory: Path) -> EngineError:
    return EngineError(
        "home_not_ours",
        en=f"{directory} belongs to another user. Run Tanhui as that user, or set TANHUI_HOME to a directory of yours.",
        zh=f"{directory} 属于其他用户。请以该用户运行碳惠，或用 TANHUI_HOME 指定自己的目录。",
    )
