"""What a correction says: the figures as they should have been, in whole steps, and what the correction is bound to."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from hashlib import blake2b
from uuid import UUID

from tanhui.core.described import Json, decimal
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.reasons import sentence

Steps = tuple[int, int, int]


def corrected_steps(fields: Sequence[Json], before: Steps, replace: Mapping[str, Fraction]) -> Steps:
    """The record's quantities with these fields in place of its own, rounded as records are.

    `fields` are those of its stored coefficient, in order; `replace` is in their units. Raises `Refusal`: `field_unknown`,
    `out_of_bounds`.
    """
    names = [field["name"] for field in fields]
    after = list(before)
    for name, value in replace.items():
        if name not in names:
            text = Text("该记录没有字段“{n}”；可更正：{k}。", "The record has no field “{n}”; there are: {k}.")
            raise Refusal("field_unknown", text.format(n=name, k=", ".join(names)), field=name)
        after[names.index(name)] = _steps(fields[names.index(name)], value)
    return after[0], after[1], after[2]


def correction_hash(key: UUID, after: Steps | None, reason: str) -> int:
    """A 64-bit hash of which record is corrected, into what and why: the content its correction is bound to."""
    content = repr((key.hex, after, reason.strip()))
    return int.from_bytes(blake2b(content.encode(), digest_size=8).digest(), "big", signed=True)


def _steps(field: Json, value: Fraction) -> int:
    least, most = Fraction(field["least"]), Fraction(field["most"])
    if not least <= value <= most:
        text = sentence(
            "out_of_bounds", field=field["name"], value=decimal(value), least=field["least"], most=field["most"],
            unit=field["unit"],
        )  # fmt: skip
        raise Refusal("out_of_bounds", text, field=field["name"])
    exact = value / Fraction(field["step"])
    return exact.__floor__() if field["rounding"] == "down" else exact.__ceil__()
