"""Keys wrapped anew: nothing sealed changes, a break is gone on from, and no key in use is dropped."""

from dataclasses import replace

import pytest
from tests.batches import NOW, query

from tanhui.core.refusal import Refusal
from tanhui.flows import rotate_keys as flow
from tanhui.flows.rotate_keys import drop_key_versions, rotate_keys
from tanhui.support.security.keys.installation import installation
from tanhui.support.security.keys.models import DataKey
from tanhui.support.security.keys.services import blind_index, open_owner, seal, shred, unseal

NAME = "persons_identity.name"


def versions() -> list[tuple[int, int]]:
    rows = query("SELECT owner, provider_version FROM keys_data_key WHERE wrapped IS NOT NULL ORDER BY owner")
    return [(row["owner"], row["provider_version"]) for row in rows]


@pytest.fixture
def people(monkeypatch) -> dict[int, bytes]:
    """Five persons with a name sealed, and batches of two."""
    monkeypatch.setattr(flow, "BATCH", 2)
    for owner in range(1, 6):
        open_owner(owner, now=NOW)
    return {owner: seal(owner, NAME, f"person {owner}") for owner in range(1, 6)}


def test_every_key_is_wrapped_under_the_new_version(people):
    index = blind_index(NAME, "Anna")
    shred(3, now=NOW)
    heard = []

    rotated = rotate_keys(new_version=True, told=heard.append)

    assert (rotated.rewrapped, rotated.broken, heard) == (5, [], [3, 5])
    assert rotated.status.versions == [1, 2]
    assert versions() == [(1, 2), (2, 2), (4, 2), (5, 2)]
    assert {owner: unseal(owner, NAME, blob) for owner, blob in people.items() if owner != 3} == {
        owner: f"person {owner}" for owner in (1, 2, 4, 5)
    }
    assert blind_index(NAME, "Anna") == index
    assert rotate_keys(new_version=False).rewrapped == 0


def test_a_rotation_broken_off_is_gone_on_with(people):
    def break_off(so_far: int) -> None:
        if so_far == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_keys(new_version=True, told=break_off)
    assert versions() == [(1, 2), (2, 2), (3, 2), (4, 2), (5, 1)]

    assert rotate_keys(new_version=False).rewrapped == 1
    assert installation().provider.versions() == [1, 2]
    assert versions() == [(owner, 2) for owner in range(1, 6)]


def test_a_version_in_use_is_not_dropped(people):
    installation().provider.add_version()

    with pytest.raises(Refusal) as refusal:
        drop_key_versions(before=2)
    assert refusal.value.code == "provider_key_in_use"
    assert "5 keys" in refusal.value.text.en
    assert installation().provider.versions() == [1, 2]
    with pytest.raises(Refusal) as refusal:
        drop_key_versions(before=3)
    assert refusal.value.code == "provider_version_unknown"

    rotate_keys(new_version=False)
    assert drop_key_versions(before=2).versions == [2]
    assert unseal(1, NAME, people[1]) == "person 1"


def test_a_key_of_an_index_keeps_its_version_in_use():
    blind_index(NAME, "Anna")
    installation().provider.add_version()

    with pytest.raises(Refusal) as refusal:
        drop_key_versions(before=2)
    assert refusal.value.code == "provider_key_in_use"


def test_one_wrapped_key_tampered_with_does_not_stop_the_others(people):
    wrapped = bytes(DataKey.objects.get(owner=2).wrapped)
    DataKey.objects.filter(owner=2).update(wrapped=wrapped[:-1] + bytes([wrapped[-1] ^ 1]))

    rotated = rotate_keys(new_version=True)

    assert (rotated.rewrapped, rotated.broken) == (4, [2])
    assert versions() == [(1, 2), (2, 1), (3, 2), (4, 2), (5, 2)]


def test_a_key_shredded_meanwhile_stays_shredded(people, monkeypatch):
    rewrap = flow.rewrap_keys

    def shred_meanwhile(keys):
        done = rewrap(keys)
        if any(key.holder == 1 for key in keys):
            shred(1, now=NOW)
        return done

    monkeypatch.setattr(flow, "rewrap_keys", shred_meanwhile)

    assert rotate_keys(new_version=True).rewrapped == 4
    assert versions() == [(2, 2), (3, 2), (4, 2), (5, 2)]


def test_keys_move_to_another_provider(people, settings):
    from tests.integration.keys.vault_process import running_vault

    with running_vault() as vault:
        settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, provider="vault", vault=vault)
        assert unseal(1, NAME, people[1]) == "person 1"

        rotated = rotate_keys(new_version=False)

        assert rotated.rewrapped == 5
        assert [(row.provider, row.version, row.data_keys) for row in rotated.status.wrappings] == [("vault", 1, 5)]
        settings.TANHUI_KEYS = replace(
            settings.TANHUI_KEYS, keyring=settings.TANHUI_KEYS.keyring.with_name("gone.json")
        )
        assert unseal(5, NAME, people[5]) == "person 5"
