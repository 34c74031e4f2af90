"""What the library's methodologies ask of a record, by behavior."""

from collections.abc import Iterable

from tanhui.core.methodology import ActivityField, Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.types import BehaviorFields, Fields
from tanhui.steps.quantify.library import Library


def fields_of(library: Library, behaviors: Iterable[int]) -> Fields:
    """For each of these behaviors the fields and variants of all its methodologies together, with the widest of their bounds.

    Raises `Refusal` when two methodologies of a behavior count a field in different steps.
    """
    return {number: _together(found) for number in behaviors if (found := library.for_behavior(number))}


def _together(methodologies: tuple[Methodology, ...]) -> BehaviorFields:
    fields: dict[str, ActivityField] = {}
    variants: dict[str, tuple[str, ...]] = {}
    speeds = []
    for methodology in methodologies:
        for name, field in methodology.fields.items():
            fields[name] = _wider(fields.get(name, field), field, methodology)
        for variant in methodology.variants:
            variants.setdefault(variant.name, variant.requires)
        speeds.append(methodology.max_speed_kmh)
    speed = None if None in speeds else max(speed for speed in speeds if speed is not None)
    return BehaviorFields(fields, variants, speed)


def _wider(one: ActivityField, other: ActivityField, methodology: Methodology) -> ActivityField:
    if (one.unit, one.step, one.rounding) != (other.unit, other.step, other.rounding):
        text = Text(
            "行为 {b} 的各方法学对字段 {f} 的单位、步长或取整不一致（{m}）。",
            "The methodologies of behavior {b} count the field {f} in different units, steps or roundings ({m}).",
        ).format(b=methodology.behavior, f=one.name, m=methodology.code)
        raise Refusal("fields_differ", text, field=one.name)
    return ActivityField(
        one.name, one.unit, one.counted_as, one.step, min(one.least, other.least), max(one.most, other.most),
        one.rounding, one.meaning,
    )  # fmt: skip
