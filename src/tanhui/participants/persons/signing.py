"""The installation's signature under what it hands out: made by a key of its own, checked by anybody with the published key."""

from dataclasses import dataclass
from datetime import datetime

from tanhui.participants.persons.models import SigningKey
from tanhui.support.security.keys.installation import installation
from tanhui.support.security.keys.services import open_owner, seal, unseal
from tanhui.support.security.keys.suites import SUITES
from tanhui.support.security.keys.types import PLATFORM

PRIVATE = "persons_signing_key.private"


@dataclass(frozen=True, slots=True)
class Signer:
    """A signing key opened: its number, the published part, and what it signs with."""

    number: int
    suite: int
    public: str
    _private: bytes

    @property
    def algorithm(self) -> str:
        """What the signature is made with, by name."""
        return SUITES[self.suite].algorithms.rsplit(", ", 1)[-1]

    def sign(self, message: bytes) -> bytes:
        """The signature of the message."""
        return SUITES[self.suite].sign(self._private, message)


def signer(*, now: datetime) -> Signer:
    """The installation's signer; its key is made at first use, and anew when the cipher suite was changed."""
    suite = installation().suite
    open_owner(PLATFORM, now=now)
    row = SigningKey.objects.filter(suite=suite.number).order_by("-id").first()
    if row is None:
        private = suite.new_signing_key()
        row = SigningKey.objects.create(
            public=suite.public_key(private).decode(), private=seal(PLATFORM, PRIVATE, private.decode()),
            suite=suite.number, created_at=now,
        )  # fmt: skip
    return Signer(row.pk, row.suite, row.public, unseal(PLATFORM, PRIVATE, bytes(row.private)).encode())


def published_keys() -> list[dict[str, object]]:
    """Every public key that documents may be signed with, to be published."""
    return [
        {"key": row.pk, "suite": SUITES[row.suite].name, "public": row.public, "since": row.created_at.isoformat()}
        for row in SigningKey.objects.order_by("id")
    ]


def verify_document(document: bytes, signature: bytes, *, public: str, suite: int) -> bool:
    """Whether the signature is of exactly these bytes by that key. Needs neither database nor network."""
    return SUITES[suite].verify(public.encode(), document, signature)
