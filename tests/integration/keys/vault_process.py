"""A Vault to test against: the simulator, in a process of its own, or the one that the environment names."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from tests.documents import PROJECT

from tanhui.support.security.keys.types import VaultSettings

TOKEN = "test-root"


@contextmanager
def running_vault() -> Iterator[VaultSettings]:
    """A Vault with a key of this caller's own."""
    if address := os.environ.get("TANHUI_TEST_VAULT_ADDR"):
        yield with_key(VaultSettings(address=address, token=os.environ["TANHUI_TEST_VAULT_TOKEN"]))
        return
    command = [sys.executable, "-m", "simulators.vault", "--port", "0", "--token", TOKEN]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[-1]
            yield with_key(VaultSettings(address=address, token=TOKEN))
        finally:
            process.terminate()


def with_key(settings: VaultSettings, *, derived: bool = True) -> VaultSettings:
    """These settings with a fresh key there."""
    made = VaultSettings(settings.address, settings.token, None, settings.mount, f"test-{uuid.uuid4().hex[:12]}")
    answer = httpx.post(
        f"{made.address}/v1/{made.mount}/keys/{made.key}",
        headers={"X-Vault-Token": made.token}, json={"derived": derived}, timeout=5,
    )  # fmt: skip
    answer.raise_for_status()
    return made
