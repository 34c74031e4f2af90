"""Start the server process, detached from whoever starts it, and wait until it takes connections."""

import os
import subprocess
import time
from collections.abc import Mapping

from tanhui.config.engine import tuning
from tanhui.config.engine.errors import EngineError
from tanhui.config.engine.ground import prepare_data, prepare_home, prepare_socket_directory
from tanhui.config.engine.locate import locate
from tanhui.config.engine.locks import PAUSE, Progress, held, open_lock, try_lock
from tanhui.config.engine.places import PORT, Places
from tanhui.config.engine.postmaster import Postmaster, command_line, live_postmaster, remove_stale_files
from tanhui.config.engine.server_user import ServerUser, clean_environment, reachable_binaries, server_user

LOG_LIMIT = 16 * 1024 * 1024
LONGEST_END = 60.0  # seconds that processes of a server that was killed are given to notice
# The shell ends at once, so the server belongs to the system's first process: it outlives whoever started it, and is
# collected when it dies. Its pid is printed; all that it says goes to the log, which the shell has as standard error.
DETACH = '"$@" >&2 </dev/null & echo $!'


def start(place: Places, *, progress: Progress, settings: Mapping[str, str]) -> Postmaster:
    """Start the server, or join in waiting for the one that somebody else is starting; returns when it is ready.

    There is no limit to the wait: recovery after a crash takes as long as it takes, while the process lives.

    Raises:
        EngineError: when the server cannot be started; the codes tell why.
    """
    user = server_user()
    prepare_home(place, user)
    with held(place.start_lock, waiting_for="another process that starts the database", progress=progress) as lock:
        if running := _join(place, progress=progress):
            return running
        binaries = reachable_binaries(locate(), user, place.root)
        prepare_data(place, user, binaries, lock=lock)
        alive_lock = open_lock(place.alive_lock)
        try:
            if joined := _wait_for_end_of_earlier_server(place, alive_lock, progress=progress):
                return joined
            socket_directory = prepare_socket_directory(place, user)
            remove_stale_files(place.data, socket_directory)
            options = tuning.settings(socket_directory=socket_directory, data=place.data, port=PORT) | dict(settings)
            command = [binaries.program("postgres"), "-D", str(place.data)]
            command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
            pid = _detach(place, user, command, keep=alive_lock)
        finally:
            os.close(alive_lock)  # the server has it now
        return wait_until_ready(place, pid, progress=progress)


def wait_until_ready(place: Places, pid: int, *, progress: Progress) -> Postmaster:
    """Wait while the process, which this one has started, lives until the server takes connections.

    Raises:
        EngineError: ``start_failed`` with the end of the log when the process has ended.
    """
    began = time.monotonic()
    while True:
        postmaster = live_postmaster(place.data)
        if postmaster and postmaster.is_ready:
            return postmaster
        if postmaster is None and command_line(pid) is None:
            raise EngineError(
                "start_failed",
                en=f"The database server ended while it was starting. The end of {place.log}:\n{_log_tail(place)}",
                zh=f"数据库服务器在启动过程中退出。{place.log} 的末尾：\n{_log_tail(place)}",
            )
        progress("the database to start", time.monotonic() - began)
        time.sleep(PAUSE)


def _join(place: Places, *, progress: Progress) -> Postmaster | None:
    """The server that somebody else has started, once it is ready; None when none lives, or it ends: it was being stopped."""
    began = time.monotonic()
    while running := live_postmaster(place.data):
        if running.is_ready:
            return running
        progress("the database to start", time.monotonic() - began)
        time.sleep(PAUSE)
    return None


def _wait_for_end_of_earlier_server(place: Places, alive_lock: int, *, progress: Progress) -> Postmaster | None:
    """Take the lock that the server's processes hold. A server that appears meanwhile is returned instead, ready.

    Who holds it: processes of a server that was killed (they notice within seconds), a server that has not yet written
    its pid file (whoever started it was killed), or a server in another container on the same data.

    Raises:
        EngineError: ``data_in_use`` after `LONGEST_END`.
    """
    began = time.monotonic()
    while not try_lock(alive_lock):
        if joined := _join(place, progress=progress):
            return joined
        waited = time.monotonic() - began
        if waited > LONGEST_END:
            raise EngineError(
                "data_in_use",
                en=f"Processes that are not seen from here, perhaps in another container, still use {place.data}.",
                zh=f"{place.data} 仍被其他进程使用，这些进程从此处不可见，可能在另一个容器中。",
            )
        progress("the end of an earlier server", waited)
        time.sleep(PAUSE)
    return None


def _detach(place: Places, user: ServerUser, command: list[str], *, keep: int) -> int:
    """Run a command that outlives this process, in a session of its own; returns its pid."""
    if place.log.exists() and place.log.stat().st_size > LOG_LIMIT:
        place.log.replace(place.log.with_suffix(".log.1"))
    log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        answer = subprocess.run(  # noqa: S603  # composed above
            ["/bin/sh", "-c", DETACH, "sh", *command],
            cwd="/",
            env=clean_environment(),
            user=user.uid if user.switched else None,
            group=user.gid if user.switched else None,
            extra_groups=[] if user.switched else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            pass_fds=(keep,),
            start_new_session=True,
            text=True,
            check=True,
        )
    finally:
        os.close(log)
    return int(answer.stdout)


def _log_tail(place: Places) -> str:
    return "\n".join(place.log.read_text(errors="replace").splitlines()[-12:])
