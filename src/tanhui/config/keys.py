"""The installation's keys: made once, kept beside its data, readable by it alone; and where those are that seal personal data.

Under the person key persons' ids are hashed. Without it nobody gets from the books back to a partner's user id, and with another
key the same user would become another person: so `TANHUI_PERSON_KEY` (64 hexadecimal digits) must go wherever the database goes.
"""

import os
import secrets
from pathlib import Path

from tanhui.config.engine.places import places
from tanhui.config.environment import Environment
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.keys.types import KeySettings, VaultSettings

FILE = "person.key"
STAFF_FILE = "staff.key"
KEYRING = "keyring.json"
BYTES = 32


def person_key(env: Environment) -> bytes:
    """The installation's key, made at the first call. Raises `Refusal` when what is given is no key."""
    return _found(env, env.person_key, "TANHUI_PERSON_KEY", FILE)


def staff_key(env: Environment) -> bytes:
    """The key that seals the secrets of staff's second factors. Raises `Refusal` when what is given is no key."""
    return _found(env, env.staff_key, "TANHUI_STAFF_KEY", STAFF_FILE)


def _found(env: Environment, given: str | None, variable: str, file: str) -> bytes:
    if given is not None:
        return _key(given, variable)
    path = places(env.home).home / file
    if not path.exists():
        _make(path)
    return _key(path.read_text(encoding="ascii").strip(), str(path))


def key_settings(env: Environment) -> KeySettings:
    """What personal data are sealed with, as the environment says; nothing is read or made yet."""
    return KeySettings(
        suite=env.cipher_suite,
        provider=env.key_provider,
        keyring=places(env.home).home / KEYRING,
        vault=VaultSettings(
            address=env.vault_address, token=env.vault_token, token_file=env.vault_token_file,
            mount=env.vault_mount, key=env.vault_key, namespace=env.vault_namespace,
        ),
        sm_libcrypto=env.sm_libcrypto,
    )  # fmt: skip


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)  # of many processes at once the first one's key stands
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _key(written: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(written)
    except ValueError:
        key = b""
    if len(key) != BYTES:
        raise Refusal(
            "person_key",
            Text("{w} 应为 64 位十六进制密钥。", "{w} must hold a key of 64 hexadecimal digits.").format(w=where),
        )
    return key
