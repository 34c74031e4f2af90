"""A simulator of Tencent Cloud's API 3.0: the actions `SendSms` and `IdCardVerification`, with its signature and its errors.

What it was sent it keeps, in memory, so that a trial can read the code on the "phone": `GET /simulator/messages`. Who there is, is
told to it: `POST /simulator/people` with {"id_number": "name"}. `POST /simulator/mood` with {"SendSms": "LimitExceeded…"} or
{"IdCardVerification": "-4"} makes it answer so until told otherwise ({"down": true}: nothing but a closed connection).

The signature is checked as the provider's page on "Signature v3" says, written anew here and not taken from the platform.
"""

import argparse
import hashlib
import hmac
import json
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
EXPIRES_S = 300
DESCRIPTIONS = {
    "0": "姓名和身份证号一致", "-1": "姓名和身份证号不一致", "-2": "非法身份证号（长度、校验位等不正确）",
    "-3": "非法姓名（长度、格式等不正确）", "-4": "证件库服务异常", "-5": "证件库中无此身份证记录",
    "-6": "权威比对系统升级中，请稍后再试", "-7": "认证次数超过当日限制",
}  # fmt: skip
VERSIONS = {"SendSms": ("sms", "2021-01-11"), "IdCardVerification": ("faceid", "2018-03-01")}


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """An answer with an error: the provider's code and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class World:
    """What the simulator knows and keeps."""

    secret_id: str
    secret_key: str
    clock: bool
    people: dict[str, str] = field(default_factory=dict)
    messages: list[Json] = field(default_factory=list)
    checks: int = 0
    mood: Json = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, headers: Any, body: bytes) -> Json:
        """What the provider answers to a signed call."""
        action = headers.get("X-TC-Action", "")
        if action not in VERSIONS:
            raise Refused("InvalidAction", "The request action does not exist.")
        service, version = VERSIONS[action]
        if headers.get("X-TC-Version") != version:
            raise Refused("NoSuchVersion", "The API version does not exist.")
        self.check_signature(headers, body, service)
        with self.lock:
            return (self.send_sms if action == "SendSms" else self.verify)(json.loads(body))

    def check_signature(self, headers: Any, body: bytes, service: str) -> None:
        """Raises `Refused` when the call is not signed by the one account there is, now."""
        found = re.fullmatch(
            r"TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d{2}-\d{2})/(\w+)/tc3_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})",
            headers.get("Authorization", ""),
        )
        timestamp = headers.get("X-TC-Timestamp", "")
        if found is None or not timestamp.isdigit():
            raise Refused("AuthFailure.InvalidAuthorization", "The Authorization header is not in the expected form.")
        secret_id, day, named, signed, signature = found.groups()
        if secret_id != self.secret_id:
            raise Refused("AuthFailure.SecretIdNotFound", "The SecretId is not found.")
        if self.clock and abs(time.time() - int(timestamp)) > EXPIRES_S:
            raise Refused("AuthFailure.SignatureExpire", "The provided credentials have expired.")
        names = signed.split(";")
        if (
            named != service
            or day != f"{datetime.fromtimestamp(int(timestamp), UTC):%Y-%m-%d}"
            or not {"content-type", "host"} <= set(names)
        ):
            raise Refused("AuthFailure.SignatureFailure", "The provided credentials could not be validated.")
        canonical = ["POST", "/", ""]
        canonical.append("".join(f"{name}:{headers.get(name, '').strip().lower()}\n" for name in names))
        canonical += [signed, hashlib.sha256(body).hexdigest()]
        request = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
        to_sign = f"TC3-HMAC-SHA256\n{timestamp}\n{day}/{service}/tc3_request\n{request}"
        first = hmac.new(("TC3" + self.secret_key).encode(), day.encode(), hashlib.sha256).digest()
        second = hmac.new(first, service.encode(), hashlib.sha256).digest()
        third = hmac.new(second, b"tc3_request", hashlib.sha256).digest()
        right = hmac.new(third, to_sign.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(right, signature):
            raise Refused("AuthFailure.SignatureFailure", "The provided credentials could not be validated.")

    def send_sms(self, body: Json) -> Json:
        """Takes messages, and keeps them."""
        for name in ("PhoneNumberSet", "SmsSdkAppId", "TemplateId"):
            if not body.get(name):
                raise Refused("MissingParameter", f"The request is missing a required parameter {name}.")
        told = self.mood.get("SendSms", "Ok")
        statuses = []
        for phone in body["PhoneNumberSet"]:
            code = told if re.fullmatch(r"\+861[3-9]\d{9}", phone) else "InvalidParameterValue.IncorrectPhoneNumber"
            serial = f"2640:{uuid.uuid4().int % 10**22}" if code == "Ok" else ""
            if code == "Ok":
                self.messages.append(
                    {
                        "phone": phone,
                        "parameters": body.get("TemplateParamSet", []),
                        "sign": body.get("SignName"),
                        "template": body["TemplateId"],
                        "serial": serial,
                    }
                )
            statuses.append({
                "SerialNo": serial, "PhoneNumber": phone, "Fee": int(code == "Ok"), "SessionContext": body.get("SessionContext", ""),
                "Code": code, "Message": "send success" if code == "Ok" else code, "IsoCode": "CN",
            })  # fmt: skip
        return {"SendStatusSet": statuses}

    def verify(self, body: Json) -> Json:
        """Compares with whom it was told of."""
        for name in ("IdCard", "Name"):
            if not body.get(name):
                raise Refused("MissingParameter", f"The request is missing a required parameter {name}.")
        self.checks += 1
        known = self.people.get(body["IdCard"])
        result = self.mood.get("IdCardVerification") or (
            "-5" if known is None else "0" if known == body["Name"] else "-1"
        )
        return {"Result": result, "Description": DESCRIPTIONS[result]}

    def told(self, path: str, body: Json) -> Json:
        """What whoever runs the simulator tells it, and asks of it."""
        with self.lock:
            if path == "/simulator/people":
                self.people.update(body)
            elif path == "/simulator/mood":
                self.mood = body
            elif path == "/simulator/messages":
                return {"messages": self.messages, "checks": self.checks}
            return {}


def handler(world: World) -> type[BaseHTTPRequestHandler]:
    """Speaks HTTP for this world."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.reply(world.told(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/simulator/"):
                self.reply(world.told(self.path, json.loads(body)))
                return
            if world.mood.get("down"):
                self.close_connection = True
                return
            request_id = str(uuid.uuid4())
            try:
                answer = world.answer(self.headers, body)
            except Refused as refused:
                answer = {"Error": {"Code": refused.code, "Message": str(refused)}}
            except (ValueError, TypeError):
                answer = {
                    "Error": {"Code": "InvalidParameter", "Message": "The body is not the JSON that was expected."}
                }
            self.reply({"Response": {**answer, "RequestId": request_id}})

        def reply(self, answer: Json) -> None:
            written = json.dumps(answer, ensure_ascii=False).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: object) -> None:
            """Says nothing: what it is sent is personal."""

    return Handler


def main() -> None:
    """Runs until it is ended, and says first where it listens."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--secret-id", default="AKIDsimulator")
    parser.add_argument("--secret-key", default="simulator-key")
    parser.add_argument(
        "--any-time", action="store_true", help="takes signatures of any time: for trials with a clock of their own"
    )
    asked = parser.parse_args()
    world = World(asked.secret_id, asked.secret_key, clock=not asked.any_time)
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), handler(world))
    print(f"Tencent Cloud simulator at http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
