"""What changes from one methodology to another, as JSON: items of the document, and coefficients in grams."""

from pathlib import Path
from typing import Any

from tanhui.core.described import Json, decimal
from tanhui.core.difference import Compiled, Difference, differences
from tanhui.core.methodology import Methodology
from tanhui.steps.identify.documents import Document
from tanhui.steps.quantify.library import Library, compiled

NG_PER_G = 10**9


def coefficient_changes(
    before: Methodology | None, after: Methodology, *, library: Library, then: Library | None = None
) -> list[Difference]:
    """Where the coefficients of two methodologies are not the same; of one that has none before it, all of them.

    `then` is the library that `after` is compiled with, when it is another.
    """
    was = () if before is None else compiled(library, before)
    return differences(Compiled(before or after, was), Compiled(after, compiled(then or library, after)))


def changed_items(before: Methodology | None, after: Methodology) -> list[Json]:
    """The items of the documents that are not the same: `item`, `before`, `after`."""
    return items_changed({} if before is None else _content(before), _content(after))


def items_changed(before: Any, after: Any) -> list[Json]:
    """The items of two contents that are not the same: `item` (`regions.0`), `before`, `after`."""
    was, becomes = (_flat(content) if content else {} for content in (before, after))
    return [
        {"item": item, "before": was.get(item), "after": becomes.get(item)}
        for item in dict.fromkeys([*was, *becomes])
        if was.get(item) != becomes.get(item)
    ]


def change_as_json(before: Methodology | None, after: Methodology, change: Difference) -> Json:
    """A changed coefficient, in grams per unit of activity."""
    return {
        "variant": change.variant, "region": change.region, "activity": list(change.monomial),
        "valid_from": change.valid_from.isoformat(),
        "valid_until": change.valid_until.isoformat() if change.valid_until else None,
        "before_g": grams(change.before_ng), "after_g": grams(change.after_ng), "per": change_unit(before, after, change),
    }  # fmt: skip


def change_unit(before: Methodology | None, after: Methodology, change: Difference) -> str:
    """The unit of the activity that a changed coefficient is of."""
    has_it = before is not None and all(name in before.fields for name in change.monomial)
    return per_unit(before if before is not None and has_it else after, change.monomial)


def per_unit(methodology: Methodology, monomial: tuple[str, ...]) -> str:
    """The unit of the activity."""
    return "·".join(methodology.fields[name].unit for name in monomial)


def grams(value: Any) -> str | None:
    """Nanograms in grams, or None."""
    return None if value is None else decimal(value / NG_PER_G)


def _content(methodology: Methodology) -> Any:
    return Document(Path(methodology.code), text=methodology.document).content


def _flat(content: Any, at: str = "") -> dict[str, Any]:
    parts = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else None
    if parts is None:
        return {at: content}
    return {
        item: value for key, part in parts for item, value in _flat(part, f"{at}.{key}" if at else str(key)).items()
    }
