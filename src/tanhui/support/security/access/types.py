"""What crosses the boundary of access: who acts, and the refusal of what they may not do."""

from dataclasses import dataclass, field
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
    regions: frozenset[str] = field(default=frozenset())

    @property
    def reference(self) -> str:
        """The actor in one word, as logs and vouchers write it: `staff:7`."""
        return f"{self.kind}:{self.number}"


class Forbidden(Refusal):
    """The actor may not do that. It says which permission is missing, and nothing of what the resource holds."""

    def __init__(self, permission: str) -> None:
        """The refusal of an act that needs `permission`."""
        text = Text("无权进行此操作（需要权限 {p}）。", "You may not do that; it needs the permission {p}.")
        super().__init__("forbidden", text.format(p=permission))
        self.permission = permission
