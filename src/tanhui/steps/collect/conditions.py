"""Conditions of a mapping on the cells of a row, as Polars expressions.

`{column, is: value or [values]}` · `{column, matches: regex}` · `{column, empty: true|false}` ·
`{column, above|below|at_least|at_most: number}` · `{all: […]}` · `{any: […]}` · `{not: …}`. An empty cell meets none but `empty`.
"""

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any, cast

import polars as pl

Condition = Mapping[str, Any]
_DECIMAL = pl.Decimal(38, 9)


def columns_of(condition: Condition) -> tuple[str, ...]:
    """The columns that the condition looks at."""
    if "column" in condition:
        return (condition["column"],)
    parts = condition.get("all") or condition.get("any") or [condition["not"]]
    return tuple(name for part in parts for name in columns_of(part))


def holds(condition: Condition, number: Callable[[str], pl.Expr] = pl.col) -> pl.Expr:
    """True where the condition holds; never null. Columns hold trimmed text; `number` gives one as plain decimal text."""
    if "all" in condition:
        return pl.all_horizontal(holds(part, number) for part in condition["all"])
    if "any" in condition:
        return pl.any_horizontal(holds(part, number) for part in condition["any"])
    if "not" in condition:
        return ~holds(condition["not"], number)
    cell = pl.col(condition["column"])
    if "empty" in condition:
        return cell.is_null() if condition["empty"] else cell.is_not_null()
    return _test(cell, condition, number).fill_null(value=False)


def _test(cell: pl.Expr, condition: Condition, number: Callable[[str], pl.Expr]) -> pl.Expr:
    if "is" in condition:
        wanted = condition["is"]
        return cell.is_in([str(value) for value in wanted]) if isinstance(wanted, list) else cell == str(wanted)
    if "matches" in condition:
        return cell.str.contains(condition["matches"])
    value = number(condition["column"]).cast(_DECIMAL, strict=False)
    for name, compare in _COMPARE.items():
        if name in condition:
            return cast("pl.Expr", compare(value, pl.lit(str(condition[name])).cast(_DECIMAL)))
    raise AssertionError(condition)  # the schema lets no other through


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {"above": gt, "below": lt, "at_least": ge, "at_most": le}
