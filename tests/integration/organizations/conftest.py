"""A keyring of one test alone, and a transaction that is taken back."""

from dataclasses import replace
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def keyring(settings, tmp_path: Path, db: None) -> None:
    settings.TANHUI_KEYS = replace(
        settings.TANHUI_KEYS, keyring=tmp_path / "keyring.json", provider="local", suite="international"
    )
