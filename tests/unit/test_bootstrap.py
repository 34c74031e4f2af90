"""`tools/bootstrap.py`: what it does before and without pip."""

import http.server
import importlib.util
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.documents import PROJECT


@pytest.fixture
def bootstrap():
    spec = importlib.util.spec_from_file_location("bootstrap", PROJECT / "tools" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def index(tmp_path: Path, bootstrap, monkeypatch) -> Iterator[Path]:
    """A package index whose page of pip links to a file of the right name."""
    (tmp_path / "simple" / "pip").mkdir(parents=True)
    page = f'<a href="../../files/{bootstrap.PIP_WHEEL}#sha256=0">{bootstrap.PIP_WHEEL}</a>'
    (tmp_path / "simple" / "pip" / "index.html").write_text(page)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / bootstrap.PIP_WHEEL).write_bytes(b"a wheel")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(tmp_path))

        def log_message(self, *_):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple/")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield tmp_path
        server.shutdown()


def test_pip_of_the_stated_hash_is_taken_from_the_named_index(bootstrap, index, monkeypatch):
    monkeypatch.setattr(bootstrap, "PIP_SHA256", bootstrap.hashlib.sha256(b"a wheel").hexdigest())
    assert bootstrap.fetch_pip() == b"a wheel"


def test_pip_of_another_hash_is_refused(bootstrap, index):
    with pytest.raises(bootstrap.BootstrapError, match="is not the file that is expected"):
        bootstrap.fetch_pip()


def test_an_index_without_that_pip_is_told(bootstrap, index):
    (index / "simple" / "pip" / "index.html").write_text("nothing")
    with pytest.raises(bootstrap.BootstrapError, match="PIP_INDEX_URL"):
        bootstrap.fetch_pip()


def test_no_network_is_a_sentence(bootstrap, monkeypatch, capsys):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(bootstrap, "bring_up_to_date", lambda _lock: bootstrap.fetch_pip())
    assert bootstrap.main([]) == 1
    assert "Is there a network?" in capsys.readouterr().err


def test_an_environment_may_hold_more_than_is_wanted_but_nothing_else(bootstrap):
    base = {"python": "3.11", "project": "/here", "files": {"requirements.lock": "a"}}
    more = {**base, "files": {"requirements.lock": "a", "requirements-bench.lock": "b"}}
    assert bootstrap.is_current(more, base)
    assert not bootstrap.is_current(base, more)
    assert not bootstrap.is_current({**base, "python": "3.12"}, base)
    assert not bootstrap.is_current({**base, "project": "/there"}, base)
    assert not bootstrap.is_current(None, base)


def test_pythons_that_do_not_run_are_passed_over(bootstrap):
    assert bootstrap.version_of("/nowhere/python3") == (0, 0)
    assert bootstrap.version_of("/bin/false") == (0, 0)
