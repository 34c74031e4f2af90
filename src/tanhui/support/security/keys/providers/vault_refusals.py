"""What Vault refuses, by name. The sentences say where and which key, never a token or a ciphertext."""

from collections.abc import Sequence

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.keys.types import Tampered, VaultSettings


def no_address() -> Refusal:
    """No address was given."""
    text = Text("未设置 TANHUI_VAULT_ADDR。", "TANHUI_VAULT_ADDR is not set.")
    return Refusal("provider_unreachable", text, field="TANHUI_VAULT_ADDR")


def unreachable(settings: VaultSettings, why: str) -> Refusal:
    """Vault does not answer, is sealed, or is not itself."""
    text = Text("Vault {a} 无法使用（{w}）。", "Vault at {a} cannot be used ({w}).").format(a=settings.address, w=why)
    return Refusal("provider_unreachable", text)


def denied(settings: VaultSettings) -> Refusal:
    """The token does not suffice."""
    text = Text("Vault 令牌无权使用密钥 {k}。", "The token has no right to Vault's key {k}.").format(k=_key(settings))
    return Refusal("provider_denied", text)


def key_missing(settings: VaultSettings) -> Refusal:
    """There is no such key or engine."""
    text = Text(
        "Vault 中没有密钥 {k}；请创建：vault write -f {m}/keys/{n} derived=true。",
        "Vault has no key {k}; make it: vault write -f {m}/keys/{n} derived=true.",
    )
    return Refusal("provider_key_missing", text.format(k=_key(settings), m=settings.mount, n=settings.key))


def not_derived(settings: VaultSettings) -> Refusal:
    """The key would ignore the context."""
    text = Text(
        "Vault 密钥 {k} 未启用派生（derived=true），无法绑定上下文；请另建一个。",
        "Vault's key {k} was made without derived=true and binds no context; make another.",
    )
    return Refusal("provider_key_not_derived", text.format(k=_key(settings)))


def refused(errors: Sequence[str], settings: VaultSettings) -> Refusal:
    """What a bad request means, by Vault's own words for it."""
    said = "; ".join(errors)
    if "not found" in said:
        return key_missing(settings)
    if "too old" in said or "too new" in said:
        text = Text("Vault 密钥 {k} 已没有所需的版本。", "Vault's key {k} no longer has the version wanted.")
        return Refusal("provider_version", text.format(k=_key(settings)))
    if "message authentication failed" in said or "invalid ciphertext" in said:
        return Tampered(f"vault {_key(settings)}")
    text = Text("Vault 拒绝了请求：{s}。", "Vault refused the request: {s}.").format(s=said or "400")
    return Refusal("provider_refused", text)


def _key(settings: VaultSettings) -> str:
    return f"{settings.mount}/{settings.key}"
