"""`/activities/{id}`: how a record stands, put right or taken back by its sender."""

from fractions import Fraction
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.partner_records import Change, change_record, look_up
from tanhui.presentation.api.partner.activities import JSON, media_type
from tanhui.presentation.api.partner.answers import encode
from tanhui.presentation.api.partner.callers import Caller
from tanhui.presentation.api.partner.door import Door
from tanhui.presentation.api.problems import Problem, refused
from tanhui.steps.collect.event_faults import LONGEST_NAME, shown
from tanhui.steps.collect.numbers import is_one_number
from tanhui.steps.collect.reasons import sentence

LONGEST_KEY, LONGEST_REASON = 100, 500
_KINDS = {"key_reused": "key_reused", "record_unknown": "not_found"}


class Correction(msgspec.Struct, forbid_unknown_fields=True):
    """Other figures for a record: by field, in the field's unit; what is not named stays."""

    reason: str
    fields: dict[str, Any]


class Withdrawal(msgspec.Struct, forbid_unknown_fields=True):
    """A record taken back."""

    reason: str


_correction = msgspec.json.Decoder(Correction, float_hook=str).decode
_withdrawal = msgspec.json.Decoder(Withdrawal).decode


async def get_activity(door: Door, request: Request, caller: Caller) -> Response:
    """How the record of that id stands."""
    terms = (await door.sender(caller.key)).terms
    found = await door.office(caller.key).run(look_up, _record_id(request), partner_id=terms.id)
    if found is None:
        raise Problem("not_found")
    return Response(encode(found), 200, media_type=JSON)


async def post_correction(door: Door, request: Request, caller: Caller) -> Response:
    """Books the record anew with other figures."""
    body = await _document(door, request, _correction)
    fields = {name: _figure(name, value) for name, value in body.fields.items()}
    return await _change(door, request, caller, Change(_record_id(request), _reason(body.reason), fields))


async def post_withdrawal(door: Door, request: Request, caller: Caller) -> Response:
    """Takes the record back."""
    body = await _document(door, request, _withdrawal)
    return await _change(door, request, caller, Change(_record_id(request), _reason(body.reason), None))


async def _change(door: Door, request: Request, caller: Caller, change: Change) -> Response:
    key = request.headers.get("idempotency-key", "").strip()
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        text = Text(
            "须带 Idempotency-Key 头（1 至 {n} 个字符），重试时用同一个键。",
            "Send an Idempotency-Key header (1 to {n} characters), and the same one when you try again.",
        ).format(n=LONGEST_KEY)
        raise Problem("malformed", text)
    terms = (await door.sender(caller.key)).terms
    try:
        answer, repeated = await door.office(caller.key).run(
            change_record, change, partner_id=terms.id, partner=terms.code, idempotency_key=key, now=door.around.now()
        )
    except Refusal as refusal:
        if refusal.code in _KINDS:
            raise Problem(_KINDS[refusal.code], refusal.text) from refusal
        raise refused(refusal) from refusal
    return Response(
        encode(answer), 200 if repeated else 201, {"idempotency-replayed": "true"} if repeated else {}, JSON
    )


async def _document(door: Door, request: Request, decode: Any) -> Any:
    if media_type(request) != JSON:
        text = Text("正文应为 application/json。", "The body must be application/json.")
        raise Problem("unsupported_media_type", text)
    try:
        return decode(await door.body(request))
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        raise Problem("malformed") from problem


def _record_id(request: Request) -> str:
    given: str = request.path_params["id"]
    if len(given) > LONGEST_NAME:
        raise Problem("not_found")
    return given


def _reason(given: str) -> str:
    if not given.strip() or len(given) > LONGEST_REASON or "\0" in given:
        text = Text("请说明理由（1 至 {n} 个字符）。", "Give a reason (1 to {n} characters).").format(n=LONGEST_REASON)
        raise refused(Refusal("reason_missing", text, field="reason"))
    return given


def _figure(name: str, value: object) -> Fraction:
    text = value if type(value) is str else str(value) if type(value) is int else ""
    if not is_one_number(text):
        told = sentence("not_a_number", field=shown(name), value=shown(value))
        raise refused(Refusal("not_a_number", told, field=name))
    return Fraction(text)
