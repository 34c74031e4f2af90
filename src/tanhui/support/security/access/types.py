"""What crosses the boundary of access: who acts, staff accounts, sign-ins, and the refusals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

Kind = Literal["staff", "partner", "person", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a member of staff, a partner's machine, a person, or the platform itself.

    `number` is that of the staff account, of the partner's credential or of the person; 0 for the platform. `organization`
    is the number of the organization they belong to; None is the operator, or no organization at all (a person).
    `regions` are the GB/T 2260 codes (`440300`, or `CN`) to which a role with a scope by region is limited.
    """

    kind: Kind
    number: int
    name: str
    organization: int | None = None
    roles: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()

    @property
    def reference(self) -> str:
        """The actor in one word, as logs and vouchers write it: `staff:7`."""
        return f"{self.kind}:{self.number}"


def platform(name: str = "tanhui") -> Actor:
    """The platform itself, as its jobs and its command line act."""
    return Actor("system", 0, name, roles=frozenset({"system"}))


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """A staff account as lists show it. A role by region is written `authority_viewer@440300`."""

    number: int
    login: str
    name: str
    audience: str
    organization: int | None
    active: bool
    second_factor: bool
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignInStep:
    """One step of a sign-in, as the log keeps it; `login` is None when there is no such account."""

    at: datetime
    login: str | None
    event: str
    method: str
    address: str | None
    agent: str


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request came from: its address, and what its program calls itself."""

    address: str | None
    agent: str


class Forbidden(Refusal):
    """The actor may not do that. It says which permission is missing, and nothing of what the resource holds."""

    def __init__(self, permission: str) -> None:
        """The refusal of an act that needs `permission`."""
        text = Text("无权进行此操作（需要权限 {p}）。", "You may not do that; it needs the permission {p}.")
        super().__init__("forbidden", text.format(p=permission))
        self.permission = permission


class SignInNeeded(Refusal):
    """Nobody is signed in by that token: HTTP 401. Codes `session_unknown`, `session_expired`."""


class SignInIncomplete(Refusal):
    """Somebody is signed in, but not far enough to do anything: HTTP 403. Codes `second_factor_needed`, `password_expired`."""


class StaffRefused(Refusal):
    """A staff account cannot be made or changed like that; its code says why."""
