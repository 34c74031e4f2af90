"""The platform's own key, opened before a transaction begins: the provider of keys may be far away."""

from datetime import datetime

from tanhui.support.security.keys.services import open_owner, prepare_keys
from tanhui.support.security.keys.types import PLATFORM


def open_platform_key(*, now: datetime) -> None:
    """From now on, for half a minute, a transaction may seal for the platform without the provider. Raises as the provider."""
    open_owner(PLATFORM, now=now)
    prepare_keys(owners=[PLATFORM])
