"""What crosses the boundary of the credentials."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from tanhui.participants.organizations.types import PartnerTerms

Kind = Literal["secret", "ed25519", "hmac-sha256", "sm2"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a partner may ask for in a minute: requests, and records in them."""

    requests_per_minute: int = 6_000
    records_per_minute: int = 6_000_000


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as it is kept, with whom it is for. It opens until `ends_at` (exclusive; None: open)."""

    number: int
    code: str
    kind: Kind
    live: bool
    name: str
    secret_hash: bytes | None = field(repr=False)
    public_key: bytes | None
    issued_at: datetime
    ends_at: datetime | None
    terms: PartnerTerms
    partner_name: str
    limits: Limits

    def opens(self, now: datetime) -> bool:
        """Whether it opens anything at that time."""
        return self.ends_at is None or now < self.ends_at


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key, with its secret: shown once, and not kept."""

    code: str
    kind: Kind
    live: bool
    secret: str | None = field(repr=False)
