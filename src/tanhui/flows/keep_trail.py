"""The audit trail kept: sealed, so that a later change shows, and let go when it is older than six months."""

from datetime import datetime

from tanhui.support.security.audit.context import acting_as
from tanhui.support.security.audit.services import prune_events, seal_events


def seal_trail(*, actor: str) -> int | None:
    """The number of a new seal over all events not sealed yet, or None when there are none. Raises `TrailBusy`."""
    with acting_as(actor):
        return seal_events()


def prune_trail(*, before: datetime, actor: str, reason: str) -> int:
    """How many events were let go, all of them older than `before`. Raises `TooYoung`."""
    return prune_events(before=before, actor=actor, reason=reason)
