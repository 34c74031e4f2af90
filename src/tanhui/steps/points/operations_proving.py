"""Proving the operations: what each key is bound to is what it moved, or the correction it made.

Not proved: `expire`, whose run is not kept, and `block` and `unblock`, which move nothing and do not say of whom.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tanhui.steps.collect.corrections import correction_hash
from tanhui.steps.collect.identity import derived_key
from tanhui.steps.points.operations import content_number
from tanhui.support.ledger.operations import stream_operations
from tanhui.support.ledger.proving import Fault


def wrong_operations() -> Iterator[Fault]:
    """Operations whose content is not that of their transfers or correction."""
    for operation in stream_operations():
        if operation["content"] not in _contents(operation):
            figures = {name: operation[name] for name in ("kind", "content", "persons", "amount_milli")}
            yield Fault("operations", str(operation["key"]), figures)


def _contents(operation: Mapping[str, Any]) -> set[int]:
    """The numbers its content may have: settling a hold is told with an amount, or without one for all of it."""
    kind, amount = operation["kind"], operation["amount_milli"]
    match kind:
        case "hold" | "spend" | "forfeit" if operation["persons"] == 1:
            return {content_number(kind, (operation["person_id"], amount))}
        case "retire" | "release" if operation["persons"] == 1 and operation["hold"] is not None:
            return {
                content_number(kind, (operation["hold"].hex, amount)),
                content_number(kind, (operation["hold"].hex, None)),
            }
        case "correct" if operation["reverses"] is not None:
            return _contents_of_correction(operation)
        case "expire" | "block" | "unblock":
            return {operation["content"]}
    return set()


def _contents_of_correction(operation: Mapping[str, Any]) -> set[int]:
    record, replacement = operation["reverses"], operation["replaced_by"]
    derived = None if replacement is None else derived_key(record, "replacement")
    if (operation["key"], replacement) != (derived_key(record, "reversal"), derived):
        return set()
    return {correction_hash(record, operation["quantities"], operation["reason"])}
