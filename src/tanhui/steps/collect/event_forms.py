"""What the data of an event must say, by behavior: its fields in whole steps, where, how long, by which evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from tanhui.core.described import decimal
from tanhui.core.methodology import EVIDENCE_LEVELS, ActivityField
from tanhui.core.text import Text
from tanhui.steps.collect.event_faults import LONGEST_NAME, bad_time, shown, wrong_value
from tanhui.steps.collect.fields import fields_of
from tanhui.steps.collect.moments import moment_of
from tanhui.steps.collect.numbers import in_steps, is_one_number, whole_step
from tanhui.steps.collect.plausibility import LONGEST_S
from tanhui.steps.collect.reasons import sentence
from tanhui.steps.collect.types import BehaviorFields
from tanhui.steps.collect.validate import known_region
from tanhui.steps.collect.verdicts import Reason
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify.library import Library

PLAIN = frozenset({"behavior", "variant", "region", "evidence", "household", "duration_s", "ended_at"})
"""What any behavior's data may say beside the fields of its methodologies."""
_WORD = Text("1 至 {most} 个字符的字符串", "a string of 1 to {most} characters").format(most=LONGEST_NAME)
_LEVELS = Text("、".join(EVIDENCE_LEVELS), ", ".join(EVIDENCE_LEVELS[:-1]) + " or " + EVIDENCE_LEVELS[-1])
_REGION = Text("六位 GB/T 2260 代码或 CN", "a six-digit GB/T 2260 code, or CN")
_BEHAVIOR = Text("附录 A 的序号（1-59）或代码", "a number of Appendix A (1-59) or a code")
_SECOND, _SECONDS = Fraction(1), timedelta(seconds=1)


class BadField(Exception):  # noqa: N818 - an expected answer about one record
    """A field of the data is not as it must be."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass(slots=True)
class Reading:
    """What the data of one event says."""

    region: str
    steps: dict[str, int]
    variant: str | None = None
    household: str | None = None
    evidence: str = "partner"
    duration_s: int = 0
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A field ready to be read: steps per unit, the direction of rounding, and the bounds in whole steps."""

    field: ActivityField
    per_unit: Fraction
    up: bool
    least: int
    most: int

    @classmethod
    def of(cls, one: ActivityField) -> "Measure":
        """How that field is read, as it is from a file."""
        least, most = in_steps(one.least, one, up=True), in_steps(one.most, one, up=False)
        return cls(one, 1 / one.step, one.rounding == "up", least, most)

    def steps(self, value: object) -> int:
        """The value, in the field's unit, as whole steps. Raises `BadField`."""
        text = _number(self.field.name, value)
        steps = whole_step(text, per_unit=self.per_unit, up=self.up)
        if steps is None or not self.least <= steps <= self.most:
            raise self._outside(text)
        return steps

    def _outside(self, text: str) -> BadField:
        one = self.field
        bounds = {"least": decimal(one.least), "most": decimal(one.most), "unit": one.unit}
        told = sentence("out_of_bounds", field=one.name, value=shown(text), **bounds)
        return BadField(Reason("out_of_bounds", told, one.name))


@dataclass(frozen=True)
class Form:
    """What the data of one behavior's events may say. Which of its fields are needed there and then, `quantify` knows."""

    behavior: int
    measures: Mapping[str, Measure]

    @classmethod
    def of(cls, behavior: int, asked: BehaviorFields) -> "Form":
        """The form of a behavior with these fields."""
        return cls(behavior, {name: Measure.of(one) for name, one in asked.fields.items()})

    def read(self, data: Mapping[str, Any], occurred_at: datetime) -> Reading:
        """What the data says. Raises `BadField` for the first field at fault."""
        region = data.get("region")
        if type(region) is not str or not known_region(region):
            raise BadField(_unknown_region(region))
        reading = Reading(region, {})
        more = False
        for name, value in data.items():
            if (measure := self.measures.get(name)) is not None:
                if value is not None:
                    reading.steps[name] = measure.steps(value)
            elif name not in PLAIN:
                reading.dropped += (name[:LONGEST_NAME],)
            elif name not in {"region", "behavior"}:
                more = True
        if more:
            _read_more(reading, data, occurred_at)
        return reading


class Forms:
    """The forms of all behaviors of a library, each made when it is first asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._forms: dict[int | str, Form] = {}

    def of(self, behavior: object) -> Form:
        """The form of the behavior of that number or code. Raises `BadField`."""
        form = self._forms.get(behavior) if type(behavior) in (int, str) else None  # type: ignore[call-overload] # as just asked
        return self._found(behavior) if form is None else form

    @cached_property
    def names(self) -> frozenset[str]:
        """All that any of the forms asks for; reads the whole library."""
        return PLAIN.union(*(methodology.fields for methodology in self._library.methodologies))

    def _found(self, behavior: object) -> Form:
        if behavior is None:
            raise BadField(Reason("missing_field", sentence("missing_field", field="behavior"), "behavior"))
        known = {name: one for one in behaviors() for name in (one.number, one.code)}
        one = known.get(behavior) if type(behavior) in (int, str) else None  # type: ignore[call-overload] # as just asked
        if one is None:
            raise BadField(wrong_value("behavior", behavior, _BEHAVIOR))
        asked = fields_of(self._library, [one.number]).get(one.number)
        if asked is None:
            told = sentence("methodology_not_in_force", value=one.number)
            raise BadField(Reason("methodology_not_in_force", told, "behavior"))
        form = Form.of(one.number, asked)
        self._forms[one.number] = self._forms[one.code] = form
        return form


def _read_more(reading: Reading, data: Mapping[str, Any], occurred_at: datetime) -> None:
    reading.variant = _word("variant", data.get("variant"))
    reading.household = _word("household", data.get("household"))
    evidence = data.get("evidence")
    if evidence is not None:
        if evidence not in EVIDENCE_LEVELS:
            raise BadField(wrong_value("evidence", evidence, _LEVELS))
        reading.evidence = evidence
    duration, ended_at = data.get("duration_s"), data.get("ended_at")
    if duration is not None and ended_at is not None:
        told = sentence("given_twice", field="duration_s", other="ended_at")
        raise BadField(Reason("given_twice", told, "duration_s"))
    if duration is not None:
        reading.duration_s = _seconds(whole_step(_number("duration_s", duration), per_unit=_SECOND, up=False), duration)
    elif ended_at is not None:
        ended = moment_of(ended_at)
        if ended is None:
            raise BadField(bad_time("ended_at", ended_at))
        reading.duration_s = _seconds((ended - occurred_at) // _SECONDS, ended_at, field="ended_at")


def _seconds(seconds: int | None, value: object, *, field: str = "duration_s") -> int:
    if seconds is None or not 0 <= seconds <= LONGEST_S:
        told = sentence("out_of_bounds", field=field, value=shown(value), least=0, most=LONGEST_S, unit="s")
        raise BadField(Reason("out_of_bounds", told, field))
    return seconds


def _number(name: str, value: object) -> str:
    text = value if type(value) is str else str(value) if type(value) is int else ""
    if not is_one_number(text):
        raise BadField(Reason("not_a_number", sentence("not_a_number", field=name, value=shown(value)), name))
    return text


def _word(name: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
        raise BadField(wrong_value(name, value, _WORD))
    return value


def _unknown_region(value: object) -> Reason:
    if value is None:
        return Reason("missing_field", sentence("missing_field", field="region"), "region")
    if not isinstance(value, str):
        return wrong_value("region", value, _REGION)
    return Reason("unknown_region", sentence("unknown_region", value=shown(value)), "region")
