"""What crosses the boundary of the keys: settings, values, and what is refused by name."""

from dataclasses import dataclass, field
from pathlib import Path

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

KEY_BYTES = 32
"""The length of every key that is made: a suite takes of it what its cipher wants."""
PLATFORM = 0
"""The owner of what is nobody's personal data, such as a partner's secret: its key is never shredded."""


@dataclass(frozen=True, slots=True)
class VaultSettings:
    """Where Vault's transit engine is. A token in a file is read anew at each start, as Vault's agent renews it there."""

    address: str = ""
    token: str = field(default="", repr=False)
    token_file: Path | None = None
    mount: str = "transit"
    key: str = "tanhui"
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class KeySettings:
    """The installation's choice: cipher suite, key provider, and what the provider needs."""

    suite: str
    provider: str
    keyring: Path
    vault: VaultSettings
    sm_libcrypto: str = ""
    """The libcrypto that gives SM2; empty for the system's."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A fresh key: as it is, and as the provider wrapped it. Its plain form is kept out of every printed form."""

    plain: bytes = field(repr=False)
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed blobs: its table, and which columns hold the row's key and the person's number.

    `owner` is None for what is sealed under the platform's own key.
    """

    table: str
    column: str
    key: str
    owner: str | None

    @property
    def field(self) -> str:
        """What its blobs are bound to."""
        return f"{self.table}.{self.column}"


class Shredded(Refusal):
    """The person's key was destroyed: nothing that was sealed under it can be read by anyone again."""

    def __init__(self, owner: int) -> None:
        text = Text(
            "用户 {o} 的密钥已销毁，其个人信息无法恢复。",
            "The key of person {o} was destroyed; what it sealed is gone.",
        )
        super().__init__("shredded", text.format(o=owner))
        self.owner = owner


class Tampered(Refusal):
    """Sealed data or a wrapped key is not what was written there: altered, moved from elsewhere, or under another key."""

    def __init__(self, what: str) -> None:
        text = Text("密文 {w} 已被改动或不属于此处。", "What is sealed at {w} was altered or does not belong there.")
        super().__init__("tampered", text.format(w=what))


class NoKey(Refusal):
    """Nobody has opened a key for that person."""

    def __init__(self, owner: int) -> None:
        text = Text("用户 {o} 还没有数据密钥。", "There is no data key for person {o}.")
        super().__init__("no_data_key", text.format(o=owner))
        self.owner = owner
