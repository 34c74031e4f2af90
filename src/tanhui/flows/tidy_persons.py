"""The daily run that forgets what is of no use any more: codes, claims, sessions long ended, links ended."""

from datetime import datetime

from tanhui.flows.attempts import in_transaction
from tanhui.participants.persons.codes import forget_codes
from tanhui.participants.persons.links import forget_claims
from tanhui.participants.persons.services import forget_ended_links
from tanhui.participants.persons.sessions import forget_sessions


def tidy_persons(*, now: datetime) -> int:
    """How many rows were forgotten."""
    return in_transaction(
        lambda: forget_codes(now=now) + forget_claims(now=now) + forget_sessions(now=now) + forget_ended_links(now=now)
    )
