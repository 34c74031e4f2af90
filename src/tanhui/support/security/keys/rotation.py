"""Data keys wrapped anew: under a new version of the provider's key, or by a new provider. The sealed data are not touched.

It goes by batches in the order of owners, and what is done is seen on the rows: broken off, it goes on where work is left. A
batch is wrapped with the provider first and stored then, and only where the row is what it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.keys.installation import installation
from tanhui.support.security.keys.models import DataKey, IndexKey
from tanhui.support.security.keys.opening import data_key_context, index_key_context
from tanhui.support.security.keys.types import Tampered


@dataclass(frozen=True, slots=True)
class StaleKey:
    """A key that is wrapped under an older version, or by another provider: whose it is, and how it is wrapped."""

    holder: int | str
    """An owner's number, or the field of an index key."""
    provider: str
    wrapped: bytes

    @property
    def context(self) -> bytes:
        """What it is bound to."""
        return index_key_context(self.holder) if isinstance(self.holder, str) else data_key_context(self.holder)


def stale_data_keys(*, after: int = -1, limit: int) -> list[StaleKey]:
    """So many data keys of owners after that one, in their order, that want wrapping anew. Raises as the provider."""
    rows = DataKey.objects.filter(_stale(), wrapped__isnull=False, owner__gt=after).order_by("owner")[:limit]
    return [
        StaleKey(owner, provider, bytes(wrapped))
        for owner, provider, wrapped in rows.values_list("owner", "provider", "wrapped")
        if wrapped is not None
    ]


def stale_index_keys() -> list[StaleKey]:
    """The index keys that want wrapping anew. Raises as the provider."""
    rows = IndexKey.objects.filter(_stale()).order_by("field").values_list("field", "provider", "wrapped")
    return [StaleKey(field, provider, bytes(wrapped)) for field, provider, wrapped in rows]


def rewrap_keys(keys: Sequence[StaleKey]) -> tuple[list[tuple[StaleKey, bytes]], list[StaleKey]]:
    """Each key with its new wrapping; and those that cannot be unwrapped, having been tampered with. Asks the provider."""
    try:
        return list(zip(keys, _rewrapped(keys), strict=True)), []
    except Tampered:
        done, broken = [], []
        for key in keys:
            try:
                done.append((key, _rewrapped([key])[0]))
            except Tampered:
                broken.append(key)
        return done, broken


def store_rewrapped(keys: Sequence[tuple[StaleKey, bytes]]) -> int:
    """Stores the new wrappings where the old ones still stand: how many. Part of the caller's transaction."""
    installed = installation()
    stored = 0
    for key, wrapped in keys:
        new = {
            "wrapped": wrapped,
            "provider": installed.provider.name,
            "provider_version": installed.provider.version_of(wrapped),
        }
        if isinstance(key.holder, str):
            stored += IndexKey.objects.filter(field=key.holder, wrapped=key.wrapped).update(**new)
        else:
            stored += DataKey.objects.filter(owner=key.holder, wrapped=key.wrapped).update(**new)
    return stored


def add_provider_version() -> int:
    """Makes a new version of the provider's key, under which is wrapped from now on: its number. Raises as the provider."""
    return installation().provider.add_version()


def drop_provider_versions(before: int) -> None:
    """Destroys the versions of the provider's key before that one.

    Raises `Refusal`: `provider_version_unknown`, `provider_key_in_use` when a key is wrapped under one of them, and as the provider.
    """
    provider = installation().provider
    if before not in provider.versions():
        text = Text("密钥提供方没有第 {v} 版。", "The provider has no version {v}.").format(v=before)
        raise Refusal("provider_version_unknown", text, field="version")
    older = Q(provider=provider.name, provider_version__lt=before)
    in_use = DataKey.objects.filter(older, wrapped__isnull=False).count() + IndexKey.objects.filter(older).count()
    if in_use:
        text = Text(
            "仍有 {n} 个密钥用第 {v} 版之前的主密钥封装；请先运行 tanhui keys rotate --continue。",
            "{n} keys are still wrapped under a version before {v}; run tanhui keys rotate --continue first.",
        )
        raise Refusal("provider_key_in_use", text.format(n=in_use, v=before), field="version")
    provider.drop_versions_before(before)


def _rewrapped(keys: Sequence[StaleKey]) -> list[bytes]:
    installed = installation()
    if all(key.provider == installed.provider.name for key in keys):
        return installed.provider.rewrap_many([(key.wrapped, key.context) for key in keys])
    return [_moved(key) for key in keys]


def _moved(key: StaleKey) -> bytes:
    """A key taken from the provider that the installation had before, if need be, to the one it has."""
    installed = installation()
    if key.provider == installed.provider.name:
        return installed.provider.rewrap(key.wrapped, key.context)
    plain = installed.provider_named(key.provider).unwrap(key.wrapped, key.context)
    return installed.provider.wrap(plain, key.context)


def _stale() -> Q:
    provider = installation().provider
    return ~Q(provider=provider.name, provider_version=max(provider.versions(), default=0))
