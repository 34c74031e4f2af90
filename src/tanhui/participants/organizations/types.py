"""What crosses the boundary of the organizations."""

from dataclasses import dataclass
from datetime import date

BY_PARTNER, BY_PLATFORM = "partner", "platform"
LINKED_SPACES = "partner/"
"""How the names of the spaces begin in which a user is known by consent alone."""


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    """A partner and the days its agreement covers (`until` exclusive, None: open)."""

    id: int
    code: str
    agreement_from: date
    agreement_until: date | None
    consent: str
    """Who obtains persons' consents: `BY_PARTNER`, as for files, or `BY_PLATFORM`, where a link stands for the consent."""

    @property
    def space(self) -> str:
        """The space of user ids that persons link themselves from by consent: the partner's own."""
        return f"{LINKED_SPACES}{self.code}"
