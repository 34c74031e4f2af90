import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.integration.engine.probe import query

from tanhui.config.engine.embedded import ensure_running, status, stop
from tanhui.config.engine.postmaster import command_line
from tanhui.config.engine.server_user import server_user


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_killing_the_process_that_started_it_hurts_nobody(home, starter):
    child = starter(home, then="import time; time.sleep(60)")
    pid = int(child.stdout.readline())
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    server = ensure_running(home)
    assert server.pid == pid
    assert query(server, "SELECT 1") == 1
    assert os.getsid(pid) != os.getsid(0)  # no signal of a terminal reaches it


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.5])
def test_killing_the_process_while_it_starts_the_server_leaves_nothing_locked(home, starter, seconds):
    child = starter(home)
    time.sleep(seconds)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    server = ensure_running(home)
    assert query(server, "SELECT 1") == 1
    assert not list((home / "postgresql").glob("data.new.*"))


def test_killed_server_comes_back_with_what_was_committed(home):
    server = ensure_running(home)
    with psycopg.connect(**server.connection("postgres")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    with closing(psycopg.connect(**server.connection("postgres"))) as onlooker:  # its process sees the end late
        onlooker.execute("SELECT 1")
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: command_line(server.pid) is None)
        again = ensure_running(home)
    assert again.pid != server.pid
    assert query(again, "SELECT sum(n) FROM kept") == 500_500


def test_stale_pid_file_that_names_a_living_stranger_is_neither_trusted_nor_is_the_stranger_hurt(home):
    host = Path(ensure_running(home).host)
    pid_file = home / "postgresql" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    stop(home)
    user = server_user()
    switched = {"user": user.uid} if user.switched else {}  # PostgreSQL itself ignores pids of other users only
    with subprocess.Popen(["sleep", "60"], **switched) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:7], "ready   "]) + "\n")
        (host / ".s.PGSQL.5432.lock").write_text("\n".join([str(stranger.pid), *lines[1:5]]) + "\n")
        assert status(home) is None
        assert stop(home) is False
        server = ensure_running(home)
        assert server.pid != stranger.pid
        assert query(server, "SELECT 1") == 1
        stop(home)
        assert stranger.poll() is None
        stranger.kill()


def test_a_dead_process_has_no_command_line():
    with subprocess.Popen(["sleep", "60"]) as process:
        wait_until(lambda: command_line(process.pid) == ["sleep", "60"])  # until it is no longer a copy of this one
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and not yet collected
        assert command_line(process.pid) is None
    assert command_line(process.pid) is None


def test_a_process_that_is_just_becoming_another_program_is_not_taken_for_dead():
    """Between two programs the system shows no arguments. A server was then said to have ended while it was starting."""
    for _ in range(20):
        with subprocess.Popen(["/bin/sh", "-c", "read go; exec sleep 60"], stdin=subprocess.PIPE) as process:
            wait_until(lambda: (command_line(process.pid) or [""])[0] == "/bin/sh")
            process.stdin.write(b"\n")
            process.stdin.flush()
            seen = command_line(process.pid)
            while seen is not None and seen[:1] != ["sleep"]:
                seen = command_line(process.pid)
            process.kill()
        assert seen == ["sleep", "60"]


def test_whoever_comes_while_the_server_is_being_stopped_gets_the_next_one(home):
    """By a signal, as a machine that shuts down sends it, or an operator: nobody holds the lock of `stop` then."""
    server = ensure_running(home)
    last = psycopg.connect(**server.connection("postgres"))
    os.kill(server.pid, signal.SIGTERM)  # it waits for its last connection
    wait_until(lambda: status(home).state == "stopping")
    threading.Timer(0.3, last.close).start()

    again = ensure_running(home)

    assert (again.state, again.pid != server.pid) == ("ready", True)
