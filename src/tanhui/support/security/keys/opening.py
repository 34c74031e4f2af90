"""Data keys and index keys unwrapped: from what is remembered, else by the provider, many at a call."""

from collections.abc import Iterable

from tanhui.support.security.keys.envelope import OpenKey
from tanhui.support.security.keys.installation import installation
from tanhui.support.security.keys.models import DataKey, IndexKey
from tanhui.support.security.keys.providers.provider import Wrapped
from tanhui.support.security.keys.types import NoKey

Stored = tuple[str, bytes, bytes]
"""The provider of a wrapped key, the key, and its context."""


def data_key_context(owner: int) -> bytes:
    """What a person's wrapped key is bound to."""
    return b"tanhui data key " + owner.to_bytes(8, "big")


def index_key_context(field: str) -> bytes:
    """What a field's wrapped key is bound to."""
    return b"tanhui index key " + field.encode()


def open_data_keys(owners: Iterable[int]) -> dict[int, OpenKey | None]:
    """The key of each of these owners, None where it was shredded. Raises `NoKey` when one has none, and as the provider."""
    wanted = sorted(set(owners))
    rows = {
        owner: (provider, wrapped)
        for owner, provider, wrapped in DataKey.objects.filter(owner__in=wanted).values_list(
            "owner", "provider", "wrapped"
        )
    }
    for owner in wanted:
        if owner not in rows:
            raise NoKey(owner)
    standing = {
        owner: (provider, bytes(wrapped), data_key_context(owner))
        for owner, (provider, wrapped) in rows.items()
        if wrapped is not None
    }
    keys = open_keys(list(standing.values()))
    return dict.fromkeys(wanted) | dict(zip(standing, keys, strict=True))


def open_index_keys(rows: Iterable[IndexKey]) -> list[OpenKey]:
    """The key of each row, in that order."""
    return open_keys([(row.provider, bytes(row.wrapped), index_key_context(row.field)) for row in rows])


def open_keys(stored: list[Stored]) -> list[OpenKey]:
    """The key of each, in that order; a provider is asked once for all that are not remembered."""
    installed = installation()
    found = {wrapped: installed.open_keys.get(wrapped) for _, wrapped, _ in stored}
    missing: dict[str, list[Wrapped]] = {}
    for provider, wrapped, context in stored:
        if found[wrapped] is None:
            missing.setdefault(provider, []).append((wrapped, context))
    for name, keys in missing.items():
        for (wrapped, _), plain in zip(keys, installed.provider_named(name).unwrap_many(keys), strict=True):
            opened = found[wrapped] = OpenKey(plain)
            installed.open_keys.put(wrapped, opened)
    return [key for _, wrapped, _ in stored if (key := found[wrapped]) is not None]
