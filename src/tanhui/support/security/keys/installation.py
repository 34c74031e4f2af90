"""What this installation seals with: its suite, its key provider, and the keys it remembers for a moment."""

from dataclasses import dataclass, field
from functools import cache

from django.conf import settings

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.keys.cache import KeyCache
from tanhui.support.security.keys.models import DataKey, IndexKey
from tanhui.support.security.keys.providers.local import LocalProvider
from tanhui.support.security.keys.providers.provider import KeyProvider
from tanhui.support.security.keys.providers.vault import VaultProvider
from tanhui.support.security.keys.suites import suite_named
from tanhui.support.security.keys.suites.suite import CipherSuite
from tanhui.support.security.keys.types import KeySettings


@dataclass(frozen=True)
class Installation:
    """The choice of the installation, made real. Keys of a provider it had before can be unwrapped still."""

    suite: CipherSuite
    provider: KeyProvider
    providers: dict[str, KeyProvider]
    open_keys: KeyCache = field(default_factory=KeyCache)

    def provider_named(self, name: str) -> KeyProvider:
        """The provider of that name. Raises `Refusal` `key_provider` when this installation has none such."""
        if name not in self.providers:
            text = Text("密钥提供方应为 {known}，而不是“{n}”。", "A key provider is one of {known}, not “{n}”.")
            raise Refusal("key_provider", text.format(known=", ".join(self.providers), n=name))
        return self.providers[name]


def installation() -> Installation:
    """The installation as the settings say. Raises `Refusal`: `cipher_suite`, `key_provider`."""
    return _installed(settings.TANHUI_KEYS)


@cache
def _installed(chosen: KeySettings) -> Installation:
    suite = suite_named(chosen.suite)
    local = LocalProvider(chosen.keyring, suite, may_make=_nothing_wrapped_locally)
    vault = VaultProvider(chosen.vault)
    providers: dict[str, KeyProvider] = {local.name: local, vault.name: vault}
    installed = Installation(suite, providers.get(chosen.provider, local), providers)
    installed.provider_named(chosen.provider)
    return installed


def _nothing_wrapped_locally() -> bool:
    wrapped = (
        DataKey.objects.filter(provider="local", wrapped__isnull=False),
        IndexKey.objects.filter(provider="local"),
    )
    return not any(keys.exists() for keys in wrapped)
