"""What is known of the server process: its pid file, and whether that process is really ours.

A pid alone proves nothing: after a crash or in a new container the number may belong to any process. A postmaster is
believed only when a process of that number was started as ``postgres`` on this very data directory.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

READY = "ready"


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A live server process of a data directory; ``state`` is PostgreSQL's own word: starting, ready, stopping."""

    pid: int
    port: int
    socket_directory: str
    state: str

    @property
    def is_ready(self) -> bool:
        """Whether it takes connections."""
        return self.state == READY


def live_postmaster(data: Path) -> Postmaster | None:
    """The server now running on the data directory, by its pid file and its command line; else None."""
    lines = _pid_file_lines(data)
    pid = _pid_in(lines)
    if pid is None or not is_postmaster(pid, data):
        return None
    if len(lines) < 8 or not lines[3].isdigit():
        return Postmaster(pid=pid, port=0, socket_directory="", state="starting")
    return Postmaster(pid=pid, port=int(lines[3]), socket_directory=lines[4], state=lines[7].strip())


def remove_stale_files(data: Path, socket_directory: Path) -> None:
    """Remove the pid file and socket files of a server that is gone; PostgreSQL refuses to start over some of them.

    It does so when their pid lives, whosever it is now, or is dead but not yet collected. To be called only by who
    holds both locks: then no process of an earlier server lives, except one started by hand, which is seen here.
    """
    if live_postmaster(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)
        for left in socket_directory.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)


def is_postmaster(pid: int, data: Path) -> bool:
    """Whether the process was started as ``postgres`` on this data directory."""
    arguments = command_line(pid)
    if not arguments:
        return False
    if len(arguments) == 1:  # ps joins the arguments by spaces
        return "postgres" in arguments[0] and f"-D {data} " in f"{arguments[0]} "
    return Path(arguments[0]).name == "postgres" and str(data) in arguments


def command_line(pid: int) -> list[str] | None:
    """The command of a live process: its arguments on Linux, one joined string elsewhere; None when dead.

    Empty on Linux for one that lives and has no arguments to show: it is just being exchanged for another program.
    """
    if sys.platform == "linux":
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
            if not arguments:
                return None if _has_ended(pid) else []
        except OSError:
            return None
        return [part.decode(errors="replace") for part in arguments.rstrip(b"\0").split(b"\0")]
    command = ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # fixed words, a number
    state, _, text = answer.stdout.strip().partition(" ")
    return [text.strip()] if text and not state.startswith("Z") else None


def _has_ended(pid: int) -> bool:
    """Whether the process is dead and not yet collected. Raises `OSError` when there is none of that number."""
    state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    return state in {"Z", "X"}


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _pid_in(lines: list[str]) -> int | None:
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None
