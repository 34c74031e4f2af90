"""What crosses the boundary of the organizations."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    """A partner and the days its agreement covers (`until` exclusive, None: open)."""

    id: int
    code: str
    agreement_from: date
    agreement_until: date | None
