"""What is wrong with an event that could not be read: its first attribute at fault, in the order of the document."""

from collections.abc import Mapping

import msgspec

from tanhui.core.text import Text
from tanhui.steps.collect.moments import moment_of
from tanhui.steps.collect.reasons import sentence
from tanhui.steps.collect.verdicts import Reason

TYPE = "tanhui.activity.recorded.v1"
"""From the general to the special, as a reversed domain reads, but nobody's domain: it means the same at every operator's."""
SPECVERSION = "1.0"
ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "data")
LONGEST_NAME = 200
_SHOWN = 80
_MISSING = object()
_WRITTEN = Text("1 至 {most} 个字符的字符串", "a string of 1 to {most} characters").format(most=LONGEST_NAME)
_TIME = Text(
    "带时区偏移的 RFC 3339 时间，如 2026-11-20T08:30:00+08:00",
    "an RFC 3339 time with its offset, such as 2026-11-20T08:30:00+08:00",
)
EXPECTED: Mapping[str, Text] = {
    "specversion": Text("“1.0”", "“1.0”"),
    "id": _WRITTEN,
    "source": _WRITTEN,
    "type": Text("“{t}”", "“{t}”").format(t=TYPE),
    "subject": _WRITTEN,
    "data": Text("JSON 对象", "a JSON object"),
}


def fault_of(document: object) -> Reason:
    """Why this JSON value (None: it is no JSON) is no event of an activity."""
    if not isinstance(document, dict):
        why = Text("不是 JSON 对象", "it is no JSON object")
        return Reason("unreadable_row", sentence("unreadable_row", why=why))
    for name in ATTRIBUTES:
        reason = _fault(name, document.get(name, _MISSING))
        if reason is not None:
            return reason
    why = Text("不符合 CloudEvents 1.0", "it does not fit CloudEvents 1.0")
    return Reason("unreadable_row", sentence("unreadable_row", why=why))


def wrong_value(name: str, value: object, expected: Text) -> Reason:
    """That field has a value that it cannot have; what would be right."""
    return Reason("wrong_value", sentence("wrong_value", field=name, value=shown(value), expected=expected), name)


def bad_time(name: str, value: object) -> Reason:
    """That field is no time that can be read."""
    return Reason("bad_date", sentence("bad_date", field=name, value=shown(value), formats=_TIME), name)


def shown(value: object) -> str:
    """A value to be quoted in a sentence."""
    written = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return written if len(written) <= _SHOWN else written[:_SHOWN] + "…"


def _fault(name: str, value: object) -> Reason | None:
    if value is _MISSING or value is None:
        code = {"id": "record_id_missing", "subject": "person_missing"}.get(name, "missing_field")
        return Reason(code, sentence(code, field=name), name)
    right = {
        "specversion": value == SPECVERSION, "type": value == TYPE, "data": isinstance(value, dict), "time": moment_of(value) is not None
    }.get(name, isinstance(value, str) and 0 < len(value) <= LONGEST_NAME)  # fmt: skip
    if right:
        return None
    return bad_time(name, value) if name == "time" else wrong_value(name, value, EXPECTED[name])
