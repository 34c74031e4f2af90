"""Tencent Cloud's short messages and identity check: actions of its API 3.0 over HTTPS.

- `SendSms`, version 2021-01-11: https://cloud.tencent.com/document/api/382/55981
- `IdCardVerification`, version 2018-03-01: https://cloud.tencent.com/document/api/1007/33188
- Errors come as `Response.Error` with status 200; `Response.RequestId` names the call to the provider's support.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from tanhui.participants.persons.providers.tc3 import CONTENT_TYPE, authorization
from tanhui.participants.persons.types import Checked, Sent

SMS_ENDPOINT, FACEID_ENDPOINT = "https://sms.tencentcloudapi.com", "https://faceid.tencentcloudapi.com"
_TIMEOUT_S = 8.0
Outcome = Literal["same", "different", "no_record", "unavailable"]
_RESULTS: dict[str, Outcome] = {"0": "same", "-1": "different", "-2": "different", "-3": "different", "-5": "no_record"}
"""What a result code means for us; all others (-4, -6, -7: out of order, in upgrade, over the day's limit) are no answer."""


@dataclass(frozen=True, slots=True)
class TencentSettings:
    """The account with Tencent Cloud, and the message as it was approved there: a template of {1} code and {2} minutes."""

    secret_id: str
    secret_key: str = field(repr=False)
    region: str = "ap-guangzhou"
    sms_app: str = ""
    sms_sign: str = ""
    sms_template: str = ""
    sms_endpoint: str = SMS_ENDPOINT
    faceid_endpoint: str = FACEID_ENDPOINT


@dataclass(frozen=True, slots=True)
class _Answer:
    body: dict[str, Any]
    problem: str = ""

    @property
    def request_id(self) -> str:
        return str(self.body.get("RequestId", ""))


@dataclass(frozen=True)
class TencentSms:
    """Brings codes to phones by `SendSms`."""

    settings: TencentSettings

    def send_code(self, phone: str, code: str, *, minutes: int, now: datetime) -> Sent:
        """See `SmsProvider`."""
        chosen = self.settings
        answer = _call(
            chosen, chosen.sms_endpoint, "sms", "SendSms", "2021-01-11",
            {
                "PhoneNumberSet": [phone], "SmsSdkAppId": chosen.sms_app, "SignName": chosen.sms_sign,
                "TemplateId": chosen.sms_template, "TemplateParamSet": [code, str(minutes)],
            },
            now=now,
        )  # fmt: skip
        if answer.problem:
            return Sent(taken=False, problem=answer.problem)
        status = (answer.body.get("SendStatusSet") or [{}])[0]
        taken = status.get("Code") == "Ok"
        return Sent(taken, str(status.get("SerialNo", "")), "" if taken else str(status.get("Code", "no status")))


@dataclass(frozen=True)
class TencentIdentity:
    """Checks a name and an ID number by `IdCardVerification`."""

    settings: TencentSettings

    def check(self, real_name: str, id_number: str, *, now: datetime) -> Checked:
        """See `IdentityProvider`."""
        chosen = self.settings
        answer = _call(
            chosen, chosen.faceid_endpoint, "faceid", "IdCardVerification", "2018-03-01",
            {"IdCard": id_number, "Name": real_name}, now=now,
        )  # fmt: skip
        if answer.problem:
            return Checked("unavailable", answer.request_id)
        return Checked(_RESULTS.get(str(answer.body.get("Result")), "unavailable"), answer.request_id)


def _call(
    chosen: TencentSettings, endpoint: str, service: str, action: str, version: str, body: dict[str, Any], *, now: datetime
) -> _Answer:  # fmt: skip
    host = urlsplit(endpoint).netloc
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    signed = authorization(
        secret_id=chosen.secret_id, secret_key=chosen.secret_key, service=service, host=host, body=written, now=now
    )
    headers = {
        "Authorization": signed, "Content-Type": CONTENT_TYPE, "Host": host, "X-TC-Action": action, "X-TC-Version": version,
        "X-TC-Timestamp": str(int(now.timestamp())), "X-TC-Region": chosen.region,
    }  # fmt: skip
    try:
        reply = httpx.post(f"{endpoint}/", content=written, headers=headers, timeout=_TIMEOUT_S)
        found = reply.json()["Response"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as problem:
        return _Answer({}, type(problem).__name__)
    if not isinstance(found, dict):
        return _Answer({}, "no object")
    error = found.get("Error")
    return _Answer(found, str(error.get("Code", "error")) if isinstance(error, dict) else "")
