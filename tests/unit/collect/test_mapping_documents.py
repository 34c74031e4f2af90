"""A mapping that cannot be used is refused with file, line and item; the shipped ones can."""

import pytest
from tests.collecting import PLAIN, mapping

from tanhui.core.refusal import Refusal
from tanhui.steps.collect.mapping import mapping_named, shipped_mappings
from tanhui.steps.identify.documents import DocumentRefusal


@pytest.mark.parametrize(
    ("old", "new", "line", "item"),
    [
        ("person:", "evidense: meter\nperson:", 4, "evidense"),
        ("{column: m, unit: m}", "{column: m, unit: furlong}", 11, "fields.distance_km.unit"),
        ('{constant: "310000"}', '{constant: "999999"}', 7, "region.constant"),
        ("behavior: {constant: 17}", "behavior: {constant: 77}", 8, "behavior.constant"),
        ("person:", "time: {zone: Asia/Peking}\nperson:", 4, "time.zone"),
        ("record: {columns: [id]}", "record: {}", 5, "record"),
        ("person:", "ignore: [{name: x, when: {column: a, matches: '(['}, why: {zh: 甲, en: a}}]\nperson:", 4, "ignore.0.when.matches"),
        ("name: plain", "name: plain\nname: again", 3, "name"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path, old, new, line, item):
    with pytest.raises(DocumentRefusal) as refused:
        mapping(tmp_path, PLAIN.replace(old, new).lstrip("\n"))
    assert (refused.value.line, refused.value.item) == (line, item)


BACK = "ignore: [{{name: x, when: {{column: a, is: b}}, {reason}takes_back: {back}, why: {{zh: 甲, en: a}}}}]\nperson:"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("person:", BACK.format(reason="", back="itself"), "only rows of the reason cancelled"),
        ("person:", "group: [id]\n" + BACK.format(reason="reason: cancelled, ", back="itself"), "folds rows together"),
        ("person: {columns: [user]}\nrecord: {columns: [id]}", BACK.format(reason="reason: cancelled, ", back="{record: [of]}")
         + " {columns: [user]}\nrecord: {hash: [id]}", "cannot be given by another row"),
        ("person:", BACK.format(reason="reason: cancelled, ", back="{record: [of], leaves: {distance_km: {column: m, unit: furlong}}}"),
         "furlong"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_back_for_certain_is_no_mapping(tmp_path, old, new, told):
    with pytest.raises(DocumentRefusal, match=told) as refused:
        mapping(tmp_path, PLAIN.replace(old, new, 1))
    assert refused.value.item.startswith("ignore.0.takes_back")


@pytest.mark.parametrize("shipped", shipped_mappings(), ids=lambda m: m.name)
def test_every_shipped_mapping_loads_and_is_named_as_its_file(shipped):
    assert shipped.path.stem == shipped.name
    assert shipped.required
    assert mapping_named(shipped.name) is shipped


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(Refusal, match="mobike-rides"):
        mapping_named("nothing")
