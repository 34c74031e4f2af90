"""`POST /activities`: what people did, as CloudEvents, one or many; answered record by record when it is committed."""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tanhui.core.text import Text
from tanhui.flows.receive_events import Answer, Parcel, Raw
from tanhui.presentation.api.partner.answers import counts, encode, reason_members, result, results
from tanhui.presentation.api.partner.booked import book
from tanhui.presentation.api.partner.callers import Caller
from tanhui.presentation.api.partner.door import Door
from tanhui.presentation.api.partner.stream import NDJSON, answer_stream
from tanhui.presentation.api.problems import Problem
from tanhui.steps.collect.verdicts import ACCEPTED, CONFLICT, DUPLICATE

MOST_RECORDS = 10_000
SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
JSON = "application/json"
BINARY = ("specversion", "id", "source", "type", "subject", "time")
_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_raw = msgspec.json.Decoder(msgspec.Raw).decode


async def post_activities(door: Door, request: Request, caller: Caller) -> Response:
    """The answer to a request with one event, with many, or with a stream of them."""
    kind = media_type(request)
    if kind == NDJSON:
        return await answer_stream(door, request, caller)
    if kind not in {SINGLE, BATCH} and not (kind == JSON and "ce-specversion" in request.headers):
        raise Problem("unsupported_media_type")
    body = await door.body(request)
    events = _events(kind, body, request.headers)
    caller.allowance.take(records=len(events))
    strict = is_strict(request)
    answer = await book(door, caller, Parcel(events, strict)) if events else Answer([])
    headers = {"preference-applied": "handling=strict"} if strict else {}
    if kind != BATCH:
        return _answer_one(answer, headers)
    if not answer.booked:
        text = Text("没有任何记录入账：有记录被拒绝或冲突。", "Nothing was booked: records were refused, or conflict.")
        told = [msgspec.to_builtins(one) for one in results(answer)]
        raise Problem("refused", text, headers=headers, counts=counts(answer.ended), results=told)
    document = {
        "request_id": request.scope["request_id"],
        "counts": counts(answer.ended),
        "results": results(answer),
    }
    return Response(encode(document), 200, headers, JSON)


def media_type(request: Request) -> str:
    """The media type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_strict(request: Request) -> bool:
    """Whether all is to be booked or nothing (RFC 7240 4.4: `Prefer: handling=strict`)."""
    preferences = ",".join(request.headers.getlist("prefer")).lower().replace(" ", "").replace('"', "")
    return "handling=strict" in preferences.replace(";", ",").split(",")


def _events(kind: str, body: bytes, headers: Mapping[str, str]) -> Sequence[Raw]:
    if kind == SINGLE:
        return [_well_formed(body)]
    if kind == JSON:
        return [_binary(body, headers)]
    try:
        events = _raws(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        text = Text("正文应为由 CloudEvents 组成的 JSON 数组。", "The body must be a JSON array of CloudEvents.")
        raise Problem("malformed", text) from problem
    if len(events) > MOST_RECORDS:
        text = Text("一次最多 {n} 条记录；更多请用 NDJSON。", "At most {n} records at once; stream more as NDJSON.")
        raise Problem("too_large", text.format(n=f"{MOST_RECORDS:,}"), limit_records=MOST_RECORDS)
    return events


def _well_formed(body: bytes) -> Raw:
    try:
        return _raw(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        raise Problem("malformed", Text("正文不是有效的 JSON。", "The body is no valid JSON.")) from problem


def _binary(body: bytes, headers: Mapping[str, str]) -> Raw:
    """The event of a request in binary mode: its attributes are headers, its data the body."""
    attributes = {name: unquote(headers[f"ce-{name}"]) for name in BINARY if f"ce-{name}" in headers}
    return msgspec.json.encode(attributes | {"data": _well_formed(body)})


def _answer_one(answer: Answer, headers: dict[str, str]) -> Response:
    (one,) = answer.ended
    if one.outcome in {ACCEPTED, DUPLICATE}:
        return Response(encode(result(one)), 201 if one.outcome == ACCEPTED else 200, headers, JSON)
    assert one.reason is not None
    kind = "conflict" if one.outcome == CONFLICT else "refused"
    raise Problem(kind, one.reason.text, headers=headers, id=one.id, reason=reason_members(one.reason))
