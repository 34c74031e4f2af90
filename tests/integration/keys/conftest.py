"""Keys of one test alone: a keyring in its own directory, and a transaction that is taken back."""

from dataclasses import replace
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def keyring(settings, tmp_path: Path, db: None) -> Path:
    """Where this test's master keys are; the installation seals by the international suite."""
    path = tmp_path / "keyring.json"
    settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, keyring=path, provider="local", suite="international")
    return path
