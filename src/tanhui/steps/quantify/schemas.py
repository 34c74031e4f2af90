"""The JSON Schemas of the documents, as validators built once."""

import json
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator

from tanhui.steps.identify.behaviors import METHODOLOGIES

KINDS = ("factor", "methodology", "cases", "points-rule")


@lru_cache
def validator(kind: str) -> Draft202012Validator:
    """The JSON Schema of that kind of document: one of `KINDS`."""
    schema = json.loads((METHODOLOGIES / "schema" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(_inlined(schema, schema.get("$defs", {})))


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with each `$ref` replaced by what it refers to, which is checked in half the time; none refers to itself."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    meant = definitions[schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else {}
    own = {key: part for key, part in schema.items() if key not in {"$ref", "$defs"}}
    return {key: _inlined(part, definitions) for key, part in (meant | own).items()}
