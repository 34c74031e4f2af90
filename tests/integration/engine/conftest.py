"""Each test has a home of its own and leaves no server behind."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tanhui.config.engine.embedded import stop
from tanhui.config.engine.places import places

START = """
import pathlib, sys
from tanhui.config.engine.embedded import ensure_running
print(ensure_running(pathlib.Path(sys.argv[1])).pid, flush=True)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that does not exist yet, in a directory that every user can enter (pytest's own is private)."""
    with tempfile.TemporaryDirectory(prefix="tanhui-test-") as directory:
        Path(directory).chmod(0o755)
        yield from _cleaned(Path(directory) / "home")


@pytest.fixture
def long_home(home: Path) -> Iterator[Path]:
    yield from _cleaned(home.parent / "a-rather-long-directory-name-which-is-not-rare" / ("x" * 60) / "home")


def _cleaned(home: Path) -> Iterator[Path]:
    yield home
    stop(home)
    place = places(home)
    if place.data.exists():
        shutil.rmtree(place.socket_directory(place.data.stat().st_uid), ignore_errors=True)


@pytest.fixture
def starter() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the server from another process: ``starter(home)``; further code may follow."""
    children: list[subprocess.Popen[str]] = []

    def run(home: Path, then: str = "") -> subprocess.Popen[str]:
        command = [sys.executable, "-c", f"{START}{then}", str(home)]
        children.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return children[-1]

    yield run
    for child in children:
        child.kill()
        child.communicate()
