import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests.integration.engine.probe import query

from tanhui.config.engine import launch
from tanhui.config.engine.embedded import ensure_running, status, stop
from tanhui.config.engine.errors import EngineError


def test_first_use_makes_and_starts_a_private_utf8_server(home):
    assert status(home) is None
    server = ensure_running(home)
    assert server.state == "ready"
    assert status(home) == server
    assert (home / "postgresql" / "run").stat().st_mode & 0o777 == 0o700
    assert (home / "postgresql" / "data").stat().st_mode & 0o777 == 0o700
    expected = {
        "listen_addresses": "",
        "server_encoding": "UTF8",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "TimeZone": "UTC",
        "wal_level": "replica",
    }
    assert {name: query(server, f"SHOW {name}") for name in expected} == expected


def test_chinese_is_compared_by_trigrams(home):
    server = ensure_running(home)
    if not query(server, "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'"):
        pytest.skip("this PostgreSQL comes without pg_trgm")
    with psycopg.connect(**server.connection("postgres")) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
    assert query(server, "SELECT similarity('垃圾分类', '垃圾分类投放')") == pytest.approx(0.5)


def test_stop_ends_it_and_the_next_use_starts_it_again(home):
    assert stop(home) is False
    first = ensure_running(home)
    assert stop(home) is True
    assert status(home) is None
    assert stop(home) is False
    assert ensure_running(home).pid != first.pid


def test_second_process_shares_the_server(home, starter):
    server = ensure_running(home)
    other = starter(home)
    assert other.communicate() == (f"{server.pid}\n", "")


def test_six_processes_at_once_yield_one_server(home, starter):
    answers = [child.communicate() for child in [starter(home) for _ in range(6)]]
    server = ensure_running(home)
    assert answers == [(f"{server.pid}\n", "")] * 6


def test_long_home_puts_the_socket_into_a_short_private_directory(long_home):
    server = ensure_running(long_home)
    found = Path(server.host)
    assert found.parent == Path("/tmp")
    assert found.stat().st_mode & 0o777 == 0o700
    assert query(server, "SELECT 1") == 1


def test_short_socket_directory_of_somebody_else_is_refused(long_home):
    server = ensure_running(long_home)
    stop(long_home)
    Path(server.host).chmod(0o777)
    with pytest.raises(EngineError) as refusal:
        ensure_running(long_home)
    assert refusal.value.code == "socket_directory_unsafe"
    Path(server.host).chmod(0o700)


def test_data_of_another_version_is_refused_with_the_way_out(home):
    made = ensure_running(home)
    stop(home)
    version = home / "postgresql" / "data" / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(EngineError, match=r"was made by PostgreSQL 14.*pg_dumpall") as refusal:
        ensure_running(home)
    assert refusal.value.code == "other_version"
    version.write_text(f"{made.version}\n")
    assert ensure_running(home).state == "ready"


def test_data_used_by_a_server_that_is_not_seen_are_left_alone(home, monkeypatch):
    server = ensure_running(home)
    pid_file = home / "postgresql" / "data" / "postmaster.pid"
    away = pid_file.rename(pid_file.with_suffix(".away"))  # as it looks from another container: no such process
    monkeypatch.setattr(launch, "LONGEST_END", 0.3)
    with pytest.raises(EngineError) as refusal:
        ensure_running(home)
    assert refusal.value.code == "data_in_use"
    away.rename(pid_file)
    assert ensure_running(home) == server


def test_a_server_that_cannot_start_shows_the_end_of_its_log(home):
    with pytest.raises(EngineError, match="shared_buffers") as refusal:
        ensure_running(home, settings={"shared_buffers": "many"})
    assert refusal.value.code == "start_failed"
    assert ensure_running(home).state == "ready"


def test_importing_the_settings_and_setting_up_django_starts_nothing(home):
    code = "import django; django.setup(); from django.db import connection; print(connection.server_status())"
    surroundings = os.environ | {"TANHUI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tanhui.config.settings"}
    surroundings.pop("TANHUI_DATABASE_URL", None)
    answer = subprocess.run([sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=False)
    assert (answer.stdout, answer.stderr) == ("None\n", "")
    assert not home.exists()


def test_opening_djangos_connection_starts_the_server_and_makes_the_database(home):
    code = (
        "import django; django.setup(); from django.db import connections; cursor = connections['owner'].cursor(); "
        "cursor.execute('SELECT current_database(), current_user'); print(*cursor.fetchone())"
    )
    surroundings = os.environ | {"TANHUI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tanhui.config.settings"}
    surroundings.pop("TANHUI_DATABASE_URL", None)
    answer = subprocess.run([sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=False)
    assert (answer.stdout, answer.stderr) == ("tanhui tanhui_owner\n", "")
