"""A time as RFC 3339 writes it, with its offset."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

_MOMENT = Annotated[datetime, Meta(tz=True)]


def moment_of(value: object) -> datetime | None:
    """The time that is written there, or None when none is, or when its offset is missing."""
    if not isinstance(value, str):
        return None
    try:
        return msgspec.convert(value, _MOMENT)
    except msgspec.ValidationError:
        return None
