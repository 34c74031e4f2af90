"""What a partner's engineer asks first: who am I here, what may I send; and the sandbox begun anew."""

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from tanhui.core.described import decimal, text
from tanhui.core.text import Text
from tanhui.flows.partner_keys import reset_sandbox
from tanhui.participants.credentials.selectors import stored_keys
from tanhui.presentation.api.bodies import MOST_SENT, MOST_UNPACKED
from tanhui.presentation.api.partner.activities import JSON, MOST_RECORDS
from tanhui.presentation.api.partner.answers import encode
from tanhui.presentation.api.partner.callers import Caller
from tanhui.presentation.api.partner.door import Door
from tanhui.presentation.api.problems import Problem
from tanhui.steps.collect.event_faults import TYPE
from tanhui.steps.collect.events import LONGEST_EVENT
from tanhui.steps.collect.fields import fields_of
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify.library import Library

RESETS = 30
"""Requests that a reset counts as: the sandbox is not for beginning anew all the time."""


async def get_me(door: Door, _request: Request, caller: Caller) -> Response:
    """The partner, its agreement, its limits and its keys."""
    key, now = caller.key, door.around.now()
    keys = await door.live.run(stored_keys, key.terms.id)
    document = {
        "partner": key.terms.code, "name": key.partner_name, "mode": "live" if key.live else "test",
        "agreement": {"from": key.terms.agreement_from, "until": key.terms.agreement_until},
        "event_type": TYPE,
        "limits": {
            "requests_per_minute": key.limits.requests_per_minute, "records_per_minute": key.limits.records_per_minute,
            "records_per_request": MOST_RECORDS, "body_bytes": MOST_SENT, "body_bytes_unpacked": MOST_UNPACKED,
            "event_bytes": LONGEST_EVENT,
        },
        "keys": [
            {
                "key": one.code, "kind": one.kind, "mode": "live" if one.live else "test", "name": one.name, "issued_at": one.issued_at,
                "ends_at": one.ends_at, "opens": one.opens(now), "this": one.code == key.code,
            }
            for one in keys
        ],
    }  # fmt: skip
    return Response(encode(document), 200, media_type=JSON)


async def get_behaviors(door: Door, request: Request, _caller: Caller) -> Response:
    """What may be sent: each behavior with its fields, their units and bounds."""
    scheme = await door.live.scheme()
    document = await door.live.run(described_behaviors, scheme.library)
    asked = request.query_params.get("behavior")
    if asked is not None:
        document = [one for one in document if asked in {one["code"], str(one["number"])}]
        if not document:
            raise Problem("not_found", Text("没有该行为。", "There is no such behavior."))
    return Response(encode({"behaviors": document}), 200, media_type=JSON)


async def post_reset(door: Door, _request: Request, caller: Caller) -> Response:
    """The partner's sandbox begun anew. What was sent before stays in the sandbox's books, out of reach."""
    if caller.key.live:
        raise Problem("forbidden", Text("沙箱重置只接受测试密钥。", "A reset of the sandbox takes a test key."))
    caller.allowance.take(requests=min(RESETS, caller.key.limits.requests_per_minute))
    generation = await door.live.run(reset_sandbox, caller.key.terms.id)
    door.forget_sandbox(caller.key.terms.id)
    return Response(encode({"sandbox": generation}), 200, media_type=JSON)


@lru_cache(maxsize=1)
def described_behaviors(library: Library) -> list[dict[str, object]]:
    """The behaviors that have a methodology, with what each asks for; made once."""
    asked = fields_of(library, [one.number for one in behaviors()])
    return [
        {
            "number": one.number, "code": one.code, "name": text(one.name),
            "fields": [
                {
                    "name": field.name, "unit": field.unit, "least": decimal(field.least), "most": decimal(field.most),
                    "step": decimal(field.step), "rounding": field.rounding, "meaning": text(field.meaning),
                }
                for field in asked[one.number].fields.values()
            ],
            "variants": [{"name": name, "requires": list(needed)} for name, needed in asked[one.number].variants.items()],
            "regions": sorted({place for methodology in library.for_behavior(one.number) for place in methodology.regions}),
            "max_speed_kmh": None if (speed := asked[one.number].max_speed_kmh) is None else decimal(speed),
        }
        for one in behaviors()
        if one.number in asked
    ]  # fmt: skip
