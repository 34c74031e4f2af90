"""The daily look at qualifications (6.1): reminds before one runs out, suspends when it has, lets back in who is in order."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tanhui.participants.organizations.limits import THRESHOLDS
from tanhui.participants.organizations.services import qualifications
from tanhui.participants.organizations.types import Due
from tanhui.support.security.access.policies import demand
from tanhui.support.security.access.types import Actor
from tanhui.support.security.audit.context import acting_as


def review_qualifications(actor: Actor, *, now: datetime, thresholds: Sequence[int] = THRESHOLDS) -> Due:
    """What was done. Called again, it does nothing more. Raises `Forbidden`."""
    demand(actor, "operator:organization:suspend")
    with acting_as(actor.reference), transaction.atomic():
        return qualifications.review_qualifications(by=actor, now=now, thresholds=thresholds)
