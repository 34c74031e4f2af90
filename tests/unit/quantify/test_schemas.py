"""The published JSON Schemas: valid themselves, strict everywhere, and the same rules with and without `$ref`."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tanhui.steps.identify.behaviors import METHODOLOGIES
from tanhui.steps.identify.documents import Document
from tanhui.steps.quantify.schemas import KINDS, validator

PLACES = {
    "factor": "factors/*.yaml", "methodology": "[0-9]*/*.yaml", "cases": "[0-9]*/*.cases.yaml", "points-rule": "points/*.yaml",
}  # fmt: skip


def schema(kind: str) -> dict[str, Any]:
    return json.loads((METHODOLOGIES / "schema" / f"{kind}.schema.json").read_text(encoding="utf-8"))


def objects(part: Any) -> list[dict[str, Any]]:
    found = [part] if isinstance(part, dict) and part.get("type") == "object" else []
    children = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return found + [one for child in children for one in objects(child)]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_schema(kind: str) -> None:
    Draft202012Validator.check_schema(schema(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_no_object_lets_an_unknown_key_pass(kind: str) -> None:
    assert [part for part in objects(schema(kind)) if "additionalProperties" not in part] == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_names_its_kind(kind: str) -> None:
    assert schema(kind)["properties"]["schema"] == {"const": f"tanhui/{kind}/1"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_ships_fits_with_and_without_references(kind: str) -> None:
    published, inlined = Draft202012Validator(schema(kind)), validator(kind)
    paths = [p for p in METHODOLOGIES.glob(PLACES[kind]) if p.name.endswith(".cases.yaml") == (kind == "cases")]
    assert paths
    for path in paths:
        content = Document(path).content
        broken = {key: value for key, value in content.items() if key != "schema"}
        assert published.is_valid(content)
        assert inlined.is_valid(content)
        assert not published.is_valid(broken)
        assert not inlined.is_valid(broken)
