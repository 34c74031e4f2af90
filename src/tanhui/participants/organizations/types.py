"""What crosses the boundary of the organizations."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from tanhui.core.refusal import Refusal

Side = Literal["operator", "organization"]
LIVE = "live"
BY_PARTNER, BY_PLATFORM = "partner", "platform"
LINKED_SPACES = "partner/"
"""How the names of the spaces begin in which a user is known by consent alone."""


class OrganizationRefused(Refusal):
    """Something about an organization, its papers or its agreement cannot be as asked; its code says why."""


class TicketRefused(Refusal):
    """A ticket cannot be changed like that; its code says why."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a partner may send; None: everything. A region takes in what lies in it."""

    behaviors: frozenset[int] | None = None
    fields: frozenset[str] | None = None
    regions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    """A partner and the days its agreement covers (`until` exclusive, None: open), and what it may send.

    `organization` is None for a file partner, who stands by itself; `state` is where its organization stands on its way, and
    only one that is `LIVE` may send.
    """

    id: int
    code: str
    agreement_from: date
    agreement_until: date | None
    consent: str = BY_PARTNER
    """Who obtains persons' consents: `BY_PARTNER`, as for files, or `BY_PLATFORM`, where a link stands for the consent."""
    organization: int | None = None
    state: str = LIVE
    scope: Scope = field(default_factory=Scope)

    @property
    def space(self) -> str:
        """The space of user ids that persons link themselves from by consent: the partner's own."""
        return f"{LINKED_SPACES}{self.code}"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, in which role."""

    code: str
    name: str
    role: str
    kind: str = ""
    region: str = ""
    credit_code: str = ""


@dataclass(frozen=True, slots=True)
class ContactPerson:
    """Whom to reach at an organization: `duty` is `business`, `technical` or `privacy`."""

    duty: str
    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it is handed in: what it says of itself, and the file. `valid_until` is exclusive; None: without end."""

    kind: str
    number: str
    issuer: str
    valid_from: date
    valid_until: date | None
    file_name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement says. Rates are in thousandths; None promises nothing."""

    behaviors: tuple[int, ...]
    fields: tuple[str, ...]
    regions: tuple[str, ...]
    consent: str
    term_from: date
    term_until: date | None
    delay_p95_s: int | None = None
    refused_permille: int | None = None
    corrected_permille: int | None = None


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """An organization as lists show it."""

    id: int
    code: str
    name: str
    role: str
    kind: str
    region: str
    credit_code: str
    state: str
    state_at: datetime
    state_by: str
    state_cause: str
    state_reason: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document without its file; `accepted` is None while nobody has reviewed it."""

    id: int
    kind: str
    number: str
    issuer: str
    valid_from: date
    valid_until: date | None
    file_name: str
    media_type: str
    size: int
    digest: str
    by: str
    at: datetime
    accepted: bool | None
    reason: str | None
    reviewed_by: str | None


@dataclass(frozen=True, slots=True)
class AgreementView:
    """A version of an agreement, and which sides have signed it."""

    id: int
    version: int
    terms: Terms
    digest: str
    by: str
    signed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """A state an organization came to."""

    from_state: str
    to_state: str
    at: datetime
    by: str
    cause: str
    reason: str


@dataclass(frozen=True, slots=True)
class Due:
    """What a run over the qualifications did: reminders sent, who was suspended and why, who came back, each by code."""

    reminded: tuple[tuple[str, str, int], ...]
    suspended: tuple[tuple[str, str], ...]
    resumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as lists show it."""

    id: int
    organization: str
    subject: str
    kind: str
    about: str
    reference: str
    priority: str
    state: str
    turn: str
    due_at: datetime
    level: int
    opened_at: datetime
    opened_by: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message of a ticket: `act` is `opened`, `reply`, `resolved`, `reopened`, `closed` or `escalated`."""

    side: str
    act: str
    text: str
    by: str
    at: datetime
