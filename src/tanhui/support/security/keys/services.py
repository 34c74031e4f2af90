"""Sealing, finding again, and shredding. Keys are opened ahead of a flow's transaction, since a provider may be far away."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tanhui.support.security.keys.envelope import OpenKey, encoded, seal_text, unseal_text
from tanhui.support.security.keys.installation import installation
from tanhui.support.security.keys.models import DataKey, IndexKey
from tanhui.support.security.keys.opening import (
    data_key_context,
    index_key_context,
    open_data_keys,
    open_index_keys,
)
from tanhui.support.security.keys.types import PLATFORM, NewKey, Shredded


def new_key(owner: int) -> NewKey:
    """A key for that owner from the provider, not stored yet: to be asked for before the flow's transaction begins."""
    return installation().provider.new(data_key_context(owner))


def open_owner(owner: int, *, now: datetime, key: NewKey | None = None) -> None:
    """Gives that person a data key, `key` or else a new one from the provider; one who has a key keeps it.

    Raises `Shredded` when the person's key was destroyed, and as the provider.
    """
    if not DataKey.objects.filter(owner=owner).exists():
        fresh = key or new_key(owner)
        installed = installation()
        version = installed.provider.version_of(fresh.wrapped)
        row = DataKey(
            owner=owner,
            wrapped=fresh.wrapped,
            provider=installed.provider.name,
            provider_version=version,
            created_at=now,
        )
        DataKey.objects.bulk_create([row], ignore_conflicts=True)  # of two at once the first one's key stands
        installed.open_keys.put(fresh.wrapped, OpenKey(fresh.plain))
    if DataKey.objects.filter(owner=owner, wrapped__isnull=True).exists():
        raise Shredded(owner)


def prepare_keys(*, owners: Iterable[int] = (), fields: Iterable[str] = ()) -> None:
    """Unwraps these keys ahead, so that within the next half minute a transaction seals and finds without the provider.

    Raises `NoKey`, and as the provider.
    """
    open_data_keys(owners)
    open_index_keys(_index_key(field) for field in fields)


def seal(owner: int, field: str, text: str) -> bytes:
    """The text sealed for that person and field (`table.column`). Raises `NoKey`, `Shredded`, and as the provider."""
    return seal_many([(owner, field, text)])[0]


def seal_many(items: Sequence[tuple[int, str, str]]) -> list[bytes]:
    """Each (owner, field, text) sealed, in that order. Raises as `seal`."""
    keys = open_data_keys(owner for owner, _, _ in items)
    suite = installation().suite
    return [
        seal_text(text, key=_standing(keys[owner], owner), suite=suite, owner=owner, field=field)
        for owner, field, text in items
    ]


def unseal(owner: int, field: str, blob: bytes) -> str:
    """The text that was sealed. Raises `Shredded`, `Tampered`, `NoKey`, and as the provider."""
    key = open_data_keys([owner])[owner]
    return unseal_text(bytes(blob), key=_standing(key, owner), owner=owner, field=field)


def unseal_many(items: Sequence[tuple[int, str, bytes]]) -> list[str | None]:
    """The text of each (owner, field, blob), in that order; None where the person's key was shredded. Raises as `unseal`."""
    keys = open_data_keys(owner for owner, _, _ in items)
    return [
        None if (key := keys[owner]) is None else unseal_text(bytes(blob), key=key, owner=owner, field=field)
        for owner, field, blob in items
    ]


def blind_index(field: str, text: str) -> bytes:
    """The keyed hash of the text, 32 bytes, by which equal texts of that field are found. The caller normalises the text."""
    return blind_indexes(field, [text])[0]


def blind_indexes(field: str, texts: Iterable[str]) -> list[bytes]:
    """`blind_index` of each of these texts of one field."""
    row = _index_key(field)
    (key,) = open_index_keys([row])
    return [key.mac(row.suite, encoded(text, field)) for text in texts]


def shred(owner: int, *, now: datetime) -> None:
    """Destroys that person's key: what it sealed is gone, in this database. Who had none gets none. Once done it stays done.

    Copies of the wrapped key live on in backups and in the database's log until these are gone: see the README.
    """
    assert owner != PLATFORM, "the platform's own key is not shredded"
    installed = installation()
    tombstone = DataKey(
        owner=owner, provider=installed.provider.name, provider_version=0, created_at=now, shredded_at=now
    )
    DataKey.objects.bulk_create([tombstone], ignore_conflicts=True)
    standing = DataKey.objects.select_for_update().filter(owner=owner, wrapped__isnull=False)
    wrapped = standing.values_list("wrapped", flat=True).first()
    if wrapped is not None:
        DataKey.objects.filter(owner=owner).update(wrapped=None, shredded_at=now)
        installed.open_keys.forget(bytes(wrapped))


def _standing(key: OpenKey | None, owner: int) -> OpenKey:
    if key is None:
        raise Shredded(owner)
    return key


def _index_key(field: str) -> IndexKey:
    row = IndexKey.objects.filter(field=field).first()
    if row is None:
        installed = installation()
        fresh = installed.provider.new(index_key_context(field))
        made = IndexKey(
            field=field, wrapped=fresh.wrapped, provider=installed.provider.name,
            provider_version=installed.provider.version_of(fresh.wrapped), suite=installed.suite.number,
        )  # fmt: skip
        IndexKey.objects.bulk_create([made], ignore_conflicts=True)
        row = IndexKey.objects.get(field=field)
    return row
