"""What is answered when a request cannot be done: problem details (RFC 9457), each kind with a page that explains it.

Nothing of the inside shows: a problem is one of this table, or a refusal that a flow has named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tanhui.core.refusal import Refusal
from tanhui.core.text import Language, Text
from tanhui.presentation.api.language import language_asked

PAGES = "/api/problems/"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its status, its name, and what a caller can do about it."""

    status: int
    title: Text
    remedy: Text


KINDS: dict[str, Kind] = {
    "unauthenticated": Kind(401, Text("未认证", "Not authenticated"), Text(
        "请求须带有效的访问令牌（Authorization: Bearer）或 RFC 9421 消息签名。令牌过期后请重新获取。",
        "Send a valid access token (Authorization: Bearer) or a message signature (RFC 9421). Get a new token when one has run out.")),
    "invalid_signature": Kind(401, Text("签名无效", "The signature does not hold"), Text(
        "检查签名覆盖的内容、Content-Digest、created/expires、nonce 与密钥。每个 nonce 只能用一次，时钟误差不超过 30 秒。",
        "Check what is signed, Content-Digest, created and expires, the nonce and the key. A nonce serves once; clocks may differ by 30 seconds.")),
    "forbidden": Kind(403, Text("不允许", "Not allowed"), Text(
        "该密钥无权这样做；例如沙箱重置只接受测试密钥。", "This key may not do this; a reset of the sandbox, say, takes a test key.")),
    "not_found": Kind(404, Text("没有该资源", "There is no such thing"), Text(
        "检查地址与记录编号。未被接受也未保留的记录查不到。", "Check the address and the record id. A record that was neither accepted nor kept is not found.")),
    "method_not_allowed": Kind(405, Text("不支持该方法", "Method not allowed"), Text("见 Allow 头。", "See the Allow header.")),
    "conflict": Kind(409, Text("记录冲突", "The record conflicts"), Text(
        "同一编号已有不同内容的记录入账。更正已入账的记录请用 corrections。",
        "Another content was booked under the same record id. To put a booked record right, send a correction.")),
    "too_large": Kind(413, Text("请求过大", "The request is too large"), Text(
        "把记录分到多个请求，或使用 NDJSON 流。", "Divide the records among several requests, or stream them as NDJSON.")),
    "unsupported_media_type": Kind(415, Text("不支持的格式", "Format not supported"), Text(
        "可用 application/cloudevents+json、application/cloudevents-batch+json、application/x-ndjson，或带 ce- 头的 application/json；压缩仅支持 gzip。",
        "Send application/cloudevents+json, application/cloudevents-batch+json, application/x-ndjson, or application/json with ce- headers; gzip is the one compression.")),
    "malformed": Kind(400, Text("无法读取请求", "The request cannot be read"), Text(
        "正文须为格式正确的 JSON，字段类型见 OpenAPI 文档。", "The body must be well-formed JSON; the OpenAPI document names the fields and their types.")),
    "refused": Kind(422, Text("被拒绝", "Refused"), Text(
        "reason 指出字段、问题与正确的写法。改正后可用同一编号重新提交。",
        "The reason names the field, the problem, and what would be right. Put it right and send it again under the same id.")),
    "key_reused": Kind(422, Text("幂等键已用于其他请求", "The idempotency key was used for another request"), Text(
        "同一 Idempotency-Key 只用于重试同一请求。", "Use an Idempotency-Key again only to repeat the same request.")),
    "rate_limited": Kind(429, Text("请求过多", "Too many requests"), Text(
        "按 Retry-After 等待后重试；RateLimit 与 RateLimit-Policy 给出剩余额度。",
        "Wait as Retry-After says, and try again; RateLimit and RateLimit-Policy tell what is left.")),
    "busy": Kind(503, Text("系统繁忙", "Too busy at present"), Text(
        "按 Retry-After 等待后重试。已确认的记录不会丢失，重复提交不会重复入账。",
        "Wait as Retry-After says, and try again. What was acknowledged is not lost; what is sent again is not booked again.")),
    "internal": Kind(500, Text("内部错误", "A fault of ours"), Text(
        "请带上 request_id 联系运营方。重试是安全的。", "Tell the operator the request_id. It is safe to try again.")),
}  # fmt: skip


class Problem(Exception):  # noqa: N818 - an expected answer
    """An answer that is a problem of one of the kinds, with a sentence of its own and further members."""

    def __init__(
        self, kind: str, detail: Text | None = None, *, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.headers, self.members = kind, detail, dict(headers or {}), members


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as it is told to one caller."""

    status: int
    headers: dict[str, str]
    body: bytes
    media_type: str = field(default="application/problem+json")


def tell(problem: Problem, *, language: Language, request_id: str) -> Told:
    """The problem in that language; a `reason` among its members is in both."""
    kind = KINDS[problem.kind]
    document = {
        "type": PAGES + problem.kind, "title": kind.title.get(language), "status": kind.status, "code": problem.kind,
        "detail": (problem.detail or kind.remedy).get(language), **problem.members, "request_id": request_id,
    }  # fmt: skip
    return Told(kind.status, problem.headers | {"content-language": language}, msgspec.json.encode(document))


def answer(request: Request, problem: Problem) -> Response:
    """The problem as the answer to this request."""
    language = language_asked(request.headers.get("accept-language", ""))
    told = tell(problem, language=language, request_id=request.scope["request_id"])
    return Response(told.body, told.status, told.headers, told.media_type)


def refused(refusal: Refusal) -> Problem:
    """A flow's refusal as a problem, with its reason in both languages."""
    reason = {"code": refusal.code, "field": refusal.field, "zh": refusal.text.zh, "en": refusal.text.en}
    return Problem("refused", refusal.text, reason={name: value for name, value in reason.items() if value is not None})
