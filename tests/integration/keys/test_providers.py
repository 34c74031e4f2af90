"""What every key provider keeps to, and what each of them refuses by name."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.integration.keys.vault_process import running_vault, with_key

from tanhui.core.refusal import Refusal
from tanhui.support.security.keys.providers.local import LocalProvider
from tanhui.support.security.keys.providers.provider import KeyProvider
from tanhui.support.security.keys.providers.vault import VaultProvider
from tanhui.support.security.keys.suites import INTERNATIONAL, NATIONAL
from tanhui.support.security.keys.types import Tampered, VaultSettings

ANNA, BO = b"data key 41", b"data key 42"


@pytest.fixture(scope="module")
def vault() -> Iterator[VaultSettings]:
    with running_vault() as settings:
        yield settings


@pytest.fixture(params=["local", "local national", "vault"])
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> KeyProvider:
    if request.param == "vault":
        return VaultProvider(with_key(request.getfixturevalue("vault")))
    suite = NATIONAL if "national" in request.param else INTERNATIONAL
    return LocalProvider(tmp_path / "keyring.json", suite, may_make=lambda: True)


def code_of(action: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(Refusal) as refusal:
        action(*arguments)
    return refusal.value.code


def test_a_new_key_is_unwrapped_again(provider):
    key, other = provider.new(ANNA), provider.new(ANNA)

    assert len(key.plain) == 32
    assert key.plain not in key.wrapped
    assert key.plain != other.plain
    assert provider.unwrap(key.wrapped, ANNA) == key.plain
    assert provider.unwrap_many([(other.wrapped, ANNA), (key.wrapped, ANNA)]) == [other.plain, key.plain]
    assert provider.unwrap_many([]) == []


def test_it_is_bound_to_its_context(provider):
    key = provider.new(ANNA)

    assert code_of(provider.unwrap, key.wrapped, BO) == "tampered"
    assert code_of(provider.rewrap, key.wrapped, BO) == "tampered"
    assert code_of(provider.unwrap_many, [(key.wrapped, ANNA), (key.wrapped, BO)]) == "tampered"


def test_an_altered_one_is_refused(provider):
    key = provider.new(ANNA)
    last = key.wrapped[:-6] + (b"AAAAAA" if not key.wrapped.endswith(b"AAAAAA") else b"BBBBBB")

    for altered in (last, key.wrapped[:20], b"", b"vault:v1:", b"\x01\x01"):
        assert code_of(provider.unwrap, altered, ANNA) == "tampered"


def test_a_key_of_elsewhere_is_wrapped(provider):
    assert provider.unwrap(provider.wrap(b"k" * 32, ANNA), ANNA) == b"k" * 32


def test_rewrapping_keeps_the_key_and_takes_the_latest_version(provider):
    keys = [provider.new(ANNA), provider.new(BO)]
    assert provider.versions() == [1]

    assert provider.add_version() == 2
    rewrapped = provider.rewrap_many([(keys[0].wrapped, ANNA), (keys[1].wrapped, BO)])

    assert [provider.version_of(key.wrapped) for key in keys] == [1, 1]
    assert [provider.version_of(wrapped) for wrapped in rewrapped] == [2, 2]
    assert provider.unwrap(rewrapped[0], ANNA) == keys[0].plain
    assert provider.unwrap(rewrapped[1], BO) == keys[1].plain
    assert provider.version_of(provider.new(ANNA).wrapped) == 2
    assert provider.unwrap(keys[0].wrapped, ANNA) == keys[0].plain


def test_a_version_dropped_is_gone(provider):
    key = provider.new(ANNA)
    provider.add_version()
    kept = provider.rewrap(key.wrapped, ANNA)

    provider.drop_versions_before(2)

    assert provider.versions() == [2]
    assert code_of(provider.unwrap, key.wrapped, ANNA) == "provider_version"
    assert provider.unwrap(kept, ANNA) == key.plain


def test_more_than_vault_takes_at_once(vault, monkeypatch):
    monkeypatch.setattr("tanhui.support.security.keys.providers.vault.AT_ONCE", 2)
    provider = VaultProvider(vault)
    keys = [provider.new(ANNA) for _ in range(5)]

    assert provider.unwrap_many([(key.wrapped, ANNA) for key in keys]) == [key.plain for key in keys]


def test_what_vault_refuses_is_named_and_no_token_is_told(vault, tmp_path):
    wrapped = VaultProvider(vault).new(ANNA).wrapped
    for settings, code in (
        (replace(vault, token="secret-token"), "provider_denied"),
        (replace(vault, key="nothing"), "provider_key_missing"),
        (replace(vault, address="http://127.0.0.1:9"), "provider_unreachable"),
        (replace(vault, address=""), "provider_unreachable"),
        (replace(vault, token_file=tmp_path / "none"), "provider_unreachable"),
        (with_key(vault, derived=False), "provider_key_not_derived"),
    ):
        provider = VaultProvider(settings)
        with pytest.raises(Refusal) as refusal:
            provider.new(ANNA)
        assert refusal.value.code == code
        assert "secret-token" not in repr(settings) + refusal.value.text.zh + refusal.value.text.en
    assert code_of(VaultProvider(replace(vault, key="nothing")).unwrap, wrapped, ANNA) == "provider_key_missing"


def test_the_token_may_be_in_a_file_that_is_renewed(vault, tmp_path):
    file = tmp_path / "token"
    provider = VaultProvider(replace(vault, token="", token_file=file))
    file.write_text("stale\n")
    assert code_of(provider.new, ANNA) == "provider_denied"

    file.write_text(f"{vault.token}\n")

    assert len(provider.new(ANNA).plain) == 32


def test_a_sealed_vault_is_not_to_be_used():
    with running_vault() as settings:
        if settings.token != "test-root":
            pytest.skip("only the simulator is sealed by a test")
        httpx.post(f"{settings.address}/v1/sys/seal", headers={"X-Vault-Token": settings.token}, timeout=5)
        assert code_of(VaultProvider(settings).new, ANNA) == "provider_unreachable"


def local(path: Path, *, may_make: bool = True) -> LocalProvider:
    return LocalProvider(path, INTERNATIONAL, may_make=lambda: may_make)


def test_the_keyring_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "home" / "keyring.json"
    local(path).new(ANNA)

    assert path.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(path.read_text())["keys"]) == {"1"}
    path.chmod(0o640)
    assert code_of(local(path).new, ANNA) == "keyring_open"


def test_no_keyring_is_made_when_keys_are_wrapped_already(tmp_path):
    path = tmp_path / "keyring.json"

    assert code_of(local(path, may_make=False).new, ANNA) == "keyring_missing"
    assert not path.exists()


def test_another_keyring_and_an_older_one_are_known_as_such(tmp_path):
    ours, other = tmp_path / "ours.json", tmp_path / "other.json"
    wrapped = local(ours).new(ANNA).wrapped
    assert code_of(local(other).unwrap, wrapped, ANNA) == "keyring_other"

    older = ours.read_text()
    local(ours).add_version()
    newest = local(ours).new(ANNA).wrapped
    ours.write_text(older)
    assert code_of(local(ours).unwrap, newest, ANNA) == "provider_version"


@pytest.mark.parametrize("written", ["", "[]", "{}", '{"format": "tanhui-keyring-1", "id": "00", "keys": {}}'])
def test_a_damaged_keyring_is_not_worked_with(tmp_path, written):
    path = tmp_path / "keyring.json"
    path.write_text(written)
    path.chmod(0o600)

    assert code_of(local(path).new, ANNA) == "keyring_damaged"
    assert path.read_text() == written


def test_a_change_by_another_process_is_seen(tmp_path):
    ours, theirs = local(tmp_path / "keyring.json"), local(tmp_path / "keyring.json")
    ours.new(ANNA)

    theirs.add_version()

    assert ours.version_of(ours.new(ANNA).wrapped) == 2


def test_what_another_suite_wrapped_is_read(tmp_path):
    path = tmp_path / "keyring.json"
    key = local(path).new(ANNA)
    national = LocalProvider(path, NATIONAL, may_make=lambda: True)

    assert national.unwrap(key.wrapped, ANNA) == key.plain
    assert local(path).unwrap(national.rewrap(key.wrapped, ANNA), ANNA) == key.plain
    altered = key.wrapped[:1] + b"\x02" + key.wrapped[2:]
    with pytest.raises(Tampered):
        national.unwrap(altered, ANNA)
