"""What crosses the boundary of the trail: which tables are audited and how, an event, what is wrong with the seals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text


@dataclass(frozen=True, slots=True)
class Audited:
    """A table whose changes are kept row by row.

    `key` are the columns that name a row; `sealed` those that are told as changed, never with a value. `inserts` `counted`
    says that a table filled in bulk leaves one event a statement, with the number of rows. `only` limits the trail to
    updates of these columns, for a table of which the rest changes all the time and follows from other tables.
    """

    table: str
    key: tuple[str, ...] = ("id",)
    sealed: tuple[str, ...] = ()
    inserts: Literal["rows", "counted"] = "rows"
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppendOnly:
    """A table the application can only add to: its rows are their own trail. A test asks the database whether it is so."""

    table: str


@dataclass(frozen=True, slots=True)
class Exempt:
    """A table that is not audited, and why not."""

    table: str
    because: str


Register = tuple[Audited | AppendOnly | Exempt, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `before` and `after` hold the columns that differ, or the whole row where there is only one of them."""

    id: int
    at: datetime
    transaction: int
    table: str
    operation: str
    row: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    actor: str
    reason: str
    request: str
    login: str


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are meant; None means any. Times are aware, `until` exclusive; `text` stands anywhere in an event."""

    actor: str | None = None
    table: str | None = None
    row: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SealFault:
    """A seal that its events do not make: its number, and what is wrong."""

    number: int
    problem: Literal["altered", "chain_broken", "pruned_too_early"]


@dataclass(frozen=True, slots=True)
class TrailVerified:
    """What the trail looks like: seals, events in them, events pruned, events not sealed yet, and what is wrong."""

    seals: int
    events: int
    pruned: int
    unsealed: int
    head: str
    """The newest seal's digest, hexadecimal: whoever notes it elsewhere can tell later whether anything before it changed."""
    faults: tuple[SealFault, ...]


class TooYoung(Refusal):
    """Events are kept for six months."""

    def __init__(self) -> None:
        text = Text("审计记录至少保存六个月。", "Events of the audit trail are kept for six months at least.")
        super().__init__("trail_too_young", text, field="before")


class TrailBusy(Refusal):
    """Writers were at work the whole time."""

    def __init__(self) -> None:
        text = Text("有写入正在进行，请稍后再封存。", "Writers are at work; seal again in a moment.")
        super().__init__("trail_busy", text)
