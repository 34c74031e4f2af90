"""The command line run in this process, on the tests' database, in a transaction that is taken back after the test."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.batches import NOW, SECRET


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Tanhui = Callable[..., Answer]


@pytest.fixture
def tanhui(db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tanhui:
    from tanhui.presentation.cli.books import Surroundings, Transport
    from tanhui.presentation.cli.main import run

    def nothing() -> Any:
        return None

    around = Surroundings(
        setup=nothing, prepare=nothing, person_key=lambda: SECRET, now=lambda: NOW, gwp_set=lambda: "ar5", has_books=lambda: True,
        begin_demo=Path, end_demo=nothing, outside=nothing, transport=lambda: Transport(None, None, None, ()),
    )  # fmt: skip

    def call(*arguments: Any) -> Answer:
        written = [str(argument) for argument in arguments]
        monkeypatch.setattr(sys, "argv", ["tanhui", *written])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(written, around)
        printed = capsys.readouterr()
        return Answer(int(ended.value.code or 0), printed.out, printed.err)

    return call
