"""A file of master keys in versions: JSON, for its owner's eyes alone, changed by putting a whole new one in its place."""

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.keys.suites.suite import CipherSuite, Sealer
from tanhui.support.security.keys.types import KEY_BYTES

FORMAT = "tanhui-keyring-1"
ID_BYTES = 8
MODE = 0o600


@dataclass(frozen=True)
class Keyring:
    """What the file holds: which keyring it is, and the key of each version."""

    id: bytes
    keys: dict[int, bytes] = field(repr=False)
    _sealers: dict[tuple[int, int], Sealer] = field(default_factory=dict, repr=False)

    def sealer(self, version: int, suite: CipherSuite) -> Sealer:
        """Encryption under one version by that suite."""
        place = (version, suite.number)
        if place not in self._sealers:
            self._sealers[place] = suite.sealer(self.keys[version])
        return self._sealers[place]


class KeyringFile:
    """The file, read again whenever another process has changed it."""

    def __init__(self, path: Path, *, may_make: Callable[[], bool]) -> None:
        self.path = path
        self._may_make = may_make
        self._seen: tuple[tuple[int, int], Keyring] | None = None

    def read(self) -> Keyring:
        """The keyring; made when there is none and there may be none.

        Raises `Refusal`: `keyring_missing`, `keyring_open` when others may read it, `keyring_damaged`.
        """
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._make()
            found = self.path.stat()
        if stat.S_IMODE(found.st_mode) & 0o077:
            text = Text("密钥环 {p} 可被他人读取；请执行 chmod 600。", "Others may read the keyring {p}; chmod 600 it.")
            raise Refusal("keyring_open", text.format(p=self.path))
        mark = (found.st_ino, found.st_mtime_ns)
        if self._seen is None or self._seen[0] != mark:
            self._seen = mark, _parsed(self.path)
        return self._seen[1]

    def look(self) -> Keyring | None:
        """The keyring, or None when there is none and there may be none: nothing is made. Raises as `read`."""
        return self.read() if self.path.exists() or not self._may_make() else None

    def add_version(self) -> int:
        """Adds a fresh key as the latest version: its number."""
        with self._alone():
            keyring = self.read()
            version = max(keyring.keys) + 1
            self._write(Keyring(keyring.id, keyring.keys | {version: os.urandom(KEY_BYTES)}))
        return version

    def drop_versions_before(self, version: int) -> None:
        """Takes the older versions out."""
        with self._alone():
            keyring = self.read()
            self._write(Keyring(keyring.id, {number: key for number, key in keyring.keys.items() if number >= version}))

    def _make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self.path.exists():  # of many processes at once the first one's stands
                return
            if not self._may_make():
                text = Text(
                    "找不到密钥环 {p}，而数据库中已有用它封装的密钥；请恢复该文件。",
                    "The keyring {p} is missing, and the database has keys wrapped with it; restore the file.",
                )
                raise Refusal("keyring_missing", text.format(p=self.path))
            self._write(Keyring(secrets.token_bytes(ID_BYTES), {1: os.urandom(KEY_BYTES)}))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time changes the file."""
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, keyring: Keyring) -> None:
        keys = {str(version): key.hex() for version, key in sorted(keyring.keys.items())}
        written = json.dumps({"format": FORMAT, "id": keyring.id.hex(), "keys": keys}, indent=2) + "\n"
        draft = self.path.with_suffix(".new")
        with suppress(FileNotFoundError):
            draft.unlink()  # of a process that died
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _parsed(path: Path) -> Keyring:
    try:
        document = json.loads(path.read_text(encoding="ascii"))
        keyring = Keyring(
            bytes.fromhex(document["id"]),
            {int(version): bytes.fromhex(key) for version, key in document["keys"].items()},
        )
        sound = document["format"] == FORMAT and len(keyring.id) == ID_BYTES and bool(keyring.keys)
        sound = sound and all(len(key) == KEY_BYTES and 0 < version < 2**32 for version, key in keyring.keys.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        text = Text("密钥环 {p} 已损坏；请恢复该文件。", "The keyring {p} is damaged; restore the file.")
        raise Refusal("keyring_damaged", text.format(p=path))
    return keyring
