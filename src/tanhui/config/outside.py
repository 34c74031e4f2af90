"""The outside parties that persons' journeys need, as the environment names them."""

from dataclasses import fields

from tanhui.config.environment import TENCENT, Environment
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.participants.persons.providers.tencent import TencentIdentity, TencentSettings, TencentSms
from tanhui.participants.persons.types import Outside

NEEDED = ("secret_id", "secret_key", "sms_app", "sms_sign", "sms_template")


def outside_parties(env: Environment) -> Outside:
    """The providers of messages and identities. Raises `Refusal` `provider_missing` when the environment does not name them all."""
    missing = [f"{TENCENT}{name.upper()}" for name in NEEDED if name not in env.tencent]
    if missing:
        text = Text("未配置短信与实名核验服务：{n}。", "Messages and identity checks are not set up: {n}.")
        raise Refusal("provider_missing", text.format(n=", ".join(missing)))
    known = {field.name for field in fields(TencentSettings)}
    settings = TencentSettings(**{name: value for name, value in env.tencent.items() if name in known})
    return Outside(TencentSms(settings), TencentIdentity(settings))
