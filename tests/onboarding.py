"""Organizations for tests, taken as far on their way as a test needs, by the flows that everybody uses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from tests.batches import NOW, WALKING

PDF = b"%PDF-1.7\n%made for a test\n"
CREDIT_CODE = "91350100M000100Y43"
"""The example of GB 32100-2015."""
_NUMBERS = count(1)


def staff(number: int, *roles: str, organization: int | None = None) -> Any:
    from tanhui.support.security.access.types import Actor

    return Actor("staff", number, f"Staff {number}", organization, frozenset(roles))


def operations() -> Any:
    return staff(1, "operations")


def reviewer() -> Any:
    return staff(2, "reviewer")


def approver() -> Any:
    return staff(3, "approver")


def paper(
    kind: str = "business_licence", *, until: date | None = date(2030, 1, 1), content: bytes = PDF, **more: Any
) -> Any:
    from tanhui.participants.organizations.types import Paper

    given = {"number": "N-1", "issuer": "Registrar", "valid_from": date(2020, 1, 1), "file_name": "paper.pdf"} | more
    return Paper(kind=kind, valid_until=until, content=content, **given)


def terms(**more: Any) -> Any:
    from tanhui.participants.organizations.types import Terms

    given = {
        "behaviors": (WALKING,), "fields": ("steps",), "regions": ("CN",), "consent": "partner", "term_from": date(2026, 1, 1),
        "term_until": None,
    }  # fmt: skip
    return Terms(**(given | more))


@dataclass
class Newcomer:
    """An organization on its way."""

    code: str
    id: int

    @classmethod
    def applies(
        cls, role: str = "partner", *, kind: str = "", region: str = "", code: str = "", now: datetime = NOW
    ) -> "Newcomer":
        from tanhui.flows.onboard_organization import apply
        from tanhui.participants.organizations.types import Applicant, ContactPerson

        code = code or f"org-{next(_NUMBERS)}"
        contact = ContactPerson("technical", "Zhang San", "13800000000", "zhang@example.org")
        applicant = Applicant(code, f"Company {code}", role, kind, region, CREDIT_CODE)
        return cls(code, apply(operations(), applicant, [contact], now=now))

    def hands_in(self, kind: str = "business_licence", *, now: datetime = NOW, **more: Any) -> int:
        from tanhui.flows.onboard_organization import hand_in_document

        return hand_in_document(operations(), self.code, paper(kind, **more), now=now)

    def shows(self, kind: str = "business_licence", *, now: datetime = NOW, **more: Any) -> int:
        """Hands a document in, which is accepted."""
        from tanhui.flows.onboard_organization import review_document

        number = self.hands_in(kind, now=now, **more)
        review_document(reviewer(), number, accepted=True, now=now)
        return number

    def agrees(self, *, now: datetime = NOW, **more: Any) -> int:
        """A version of the agreement, entered and signed by both sides."""
        from tanhui.flows.onboard_organization import enter_agreement
        from tanhui.participants.organizations.selectors import agreements

        version = enter_agreement(operations(), self.code, terms(**more), paper("agreement"), now=now)
        digest = agreements(self.id)[-1].digest
        self.signs(version, "organization", operations(), digest=digest, now=now)
        self.signs(version, "operator", approver(), digest=digest, now=now)
        return version

    def signs(self, version: int, side: Any, by: Any, *, digest: str, now: datetime = NOW) -> str:
        from tanhui.flows.onboard_organization import sign_agreement

        return sign_agreement(
            by,
            self.code,
            version,
            side=side,
            signer="Li Si",
            digest=digest,
            signed_at=now - timedelta(hours=1),
            now=now,
        )

    def passes(self, *, passed: bool = True, now: datetime = NOW) -> str:
        from tanhui.flows.onboard_organization import enter_sandbox, record_conformance

        if self.state == "agreed":
            enter_sandbox(operations(), self.code, now=now)
        return record_conformance(
            operations(), self.code, passed=passed, suite="2026.1", checks={"sends": passed}, now=now
        )

    def goes_live(self, *, now: datetime = NOW) -> "Newcomer":
        from tanhui.flows.onboard_organization import go_live

        go_live(operations(), self.code, now=now)
        return self

    @property
    def state(self) -> str:
        from tanhui.participants.organizations.selectors import organization

        return organization(self.code).state


def live_partner(*, until: date | None = date(2030, 1, 1), now: datetime = NOW, **agreed: Any) -> Newcomer:
    """A partner that has gone all the way; its licence is valid until then, its agreement says what is given."""
    partner = Newcomer.applies(now=now)
    partner.shows(until=until, now=now)
    partner.agrees(now=now, **agreed)
    partner.passes(now=now)
    return partner.goes_live(now=now)
