"""The provider's key rotated: a new version, and every data key wrapped under it, batch by batch; then older versions dropped.

The provider is asked outside of any transaction; each batch is stored in one. Broken off, it goes on where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from tanhui.support.security.keys.rotation import (
    StaleKey,
    add_provider_version,
    drop_provider_versions,
    rewrap_keys,
    stale_data_keys,
    stale_index_keys,
    store_rewrapped,
)
from tanhui.support.security.keys.selectors import KeysStatus, keys_status

BATCH = 500


@dataclass(frozen=True, slots=True)
class KeysRotated:
    """How many keys were wrapped anew, and whose could not be: their wrapped form was tampered with."""

    rewrapped: int
    broken: list[int | str]
    status: KeysStatus


def rotate_keys(*, new_version: bool, told: Callable[[int], None] = lambda _: None) -> KeysRotated:
    """Wraps every key under the provider's latest version, made first when `new_version`. `told` hears how many so far.

    Raises `Refusal` as the provider; what was wrapped by then stays so, and calling again without `new_version` goes on.
    """
    if new_version:
        add_provider_version()
    rewrapped, broken = _rewrap(stale_index_keys())
    after = -1
    while stale := stale_data_keys(after=after, limit=BATCH):
        holder = stale[-1].holder
        assert isinstance(holder, int)
        stored, unusable = _rewrap(stale)
        after, rewrapped = holder, rewrapped + stored
        broken = [*broken, *unusable]
        told(rewrapped)
    return KeysRotated(rewrapped, broken, keys_status())


def drop_key_versions(*, before: int) -> KeysStatus:
    """Destroys the versions of the provider's key before that one, when nothing is wrapped under them.

    Raises `Refusal`: `provider_key_in_use`, `provider_version_unknown`, and as the provider.
    """
    drop_provider_versions(before)
    return keys_status()


def _rewrap(stale: list[StaleKey]) -> tuple[int, list[int | str]]:
    done, broken = rewrap_keys(stale)
    with transaction.atomic():
        stored = store_rewrapped(done)
    return stored, [key.holder for key in broken]
