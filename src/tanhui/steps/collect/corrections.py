"""What a correction says: the figures as they should have been, in whole steps, and what the correction is bound to."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from hashlib import blake2b
from uuid import UUID

from tanhui.core.described import Json, decimal
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.plausibility import DISTANCE
from tanhui.steps.collect.reasons import sentence

DURATION = "duration_h"
Steps = tuple[int, int, int]


def corrected_steps(
    fields: Sequence[Json],
    before: Steps,
    replace: Mapping[str, Fraction],
    *,
    duration_s: int,
    most_kmh: Fraction | None,
) -> Steps:
    """The record's quantities with these fields in place of its own, rounded as records are, and as plausible as new ones.

    `fields` are those of its stored coefficient, in order; `replace` is in their units. The act keeps its time and its
    `duration_s` (0: not given), so nothing new overlaps; `most_kmh` is the speed beyond which its methodology believes nothing.
    Raises `Refusal`: `field_unknown`, `out_of_bounds`, `too_fast`.
    """
    names = [field["name"] for field in fields]
    after = list(before)
    for name, value in replace.items():
        if name not in names:
            text = Text("该记录没有字段“{n}”；可更正：{k}。", "The record has no field “{n}”; there are: {k}.")
            raise Refusal("field_unknown", text.format(n=name, k=", ".join(names)), field=name)
        place = names.index(name)
        field = fields[place]
        most = Fraction(field["most"])
        if name == DURATION and duration_s:  # it must not grow into the time of another act
            most = min(most, max(Fraction(duration_s, 3600), before[place] * Fraction(field["step"])))
        after[place] = _steps(field, value, most)
    if most_kmh is not None and duration_s and DISTANCE in names:
        place = names.index(DISTANCE)
        _refuse_too_fast(after[place] * Fraction(fields[place]["step"]), duration_s, most_kmh)
    return after[0], after[1], after[2]


def correction_hash(key: UUID, after: Steps | None, reason: str) -> int:
    """A 64-bit hash of which record is corrected, into what and why: the content its correction is bound to."""
    content = repr((key.hex, after, reason.strip()))
    return int.from_bytes(blake2b(content.encode(), digest_size=8).digest(), "big", signed=True)


def _steps(field: Json, value: Fraction, most: Fraction) -> int:
    least, step = Fraction(field["least"]), Fraction(field["step"])
    exact = value / step
    steps = exact.__floor__() if field["rounding"] == "down" else exact.__ceil__()
    if not (least <= value <= most and least <= steps * step <= Fraction(field["most"])):
        text = sentence(
            "out_of_bounds", field=field["name"], value=decimal(value), least=field["least"], most=decimal(most),
            unit=field["unit"],
        )  # fmt: skip
        raise Refusal("out_of_bounds", text, field=field["name"])
    return steps


def _refuse_too_fast(distance_km: Fraction, duration_s: int, most_kmh: Fraction) -> None:
    speed = distance_km * 3600 / duration_s
    if speed > most_kmh:
        text = sentence("too_fast", value=f"{float(speed):.1f} km/h", most=decimal(most_kmh))
        raise Refusal("too_fast", text, field=DISTANCE)
