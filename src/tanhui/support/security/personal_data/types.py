"""What crosses the boundary of the register of personal data."""

from dataclasses import dataclass

from tanhui.core.text import Text

BY_PLATFORM = "platform"
NONE, PSEUDONYM, PERSONAL, SENSITIVE = "none", "pseudonym", "personal", "sensitive"


@dataclass(frozen=True, slots=True)
class Label:
    """What one stored field says of a person. Purpose, basis and retention are empty when it says nothing."""

    app: str
    model: str
    field: str
    kind: str
    purpose: str
    basis: str
    retention: str
    sealed_by: str
    """The field that holds the person's number, when this one is sealed under that person's key; `BY_PLATFORM` when it is sealed
    under the platform's own; else empty."""
    note: Text | None

    @property
    def name(self) -> str:
        """`app.Model.field`."""
        return f"{self.app}.{self.model}.{self.field}"


@dataclass(frozen=True, slots=True)
class Terms:
    """The words that labels are made of: code → what it means, of kinds, purposes, legal bases and retentions."""

    kinds: dict[str, Text]
    purposes: dict[str, Text]
    bases: dict[str, Text]
    retentions: dict[str, Text]
