"""The cells that a mapping reads: trimmed, null words made null, derived columns added."""

from collections.abc import Sequence

import polars as pl

from tanhui.steps.collect.conditions import Condition, holds
from tanhui.steps.collect.mapping import FeedMapping, derived_from
from tanhui.steps.collect.numbers import plain
from tanhui.steps.collect.table import ROW, trim

_DECIMAL = pl.Decimal(38, 9)


class Cells:
    """What one mapping makes of the text cells of a file with these columns."""

    def __init__(self, mapping: FeedMapping, columns: Sequence[str]) -> None:
        self._mapping = mapping
        self._present = set(columns)

    def clean(self, frame: pl.DataFrame) -> pl.DataFrame:
        """ROW, and every column that the mapping reads or derives, as trimmed text or null."""
        nulls = list(self._mapping.file.nulls)
        named = [name for name in self._mapping.columns if name in self._present]
        cells = [pl.when(~pl.col(name).is_in(nulls)).then(pl.col(name)).alias(name) for name in named]
        absent = [pl.lit(None, dtype=pl.String).alias(n) for n in self._mapping.columns if n not in self._present]
        trimmed = frame.select(ROW, *(trim(pl.col(name)) for name in named))
        cleaned = trimmed.select(ROW, *cells, *absent)
        for name in self._mapping.derive:
            cleaned = cleaned.with_columns(self._derived(name).alias(name))
        return cleaned

    def number(self, name: str) -> pl.Expr:
        """A column as plain decimal text, as the file writes numbers; a computed one is plain already."""
        if {"subtract", "number"} & set(self._mapping.derive.get(name, {})):
            return pl.col(name)
        return plain(pl.col(name), self._mapping.file)

    def holds(self, condition: Condition) -> pl.Expr:
        """Where a condition of the mapping holds."""
        return holds(condition, self.number)

    def _derived(self, name: str) -> pl.Expr:
        spec = self._mapping.derive[name]
        sources = derived_from(spec)
        if "subtract" in spec:
            one, other = (self.number(source).cast(_DECIMAL, strict=False) for source in sources)
            return (one - other).cast(pl.String)
        if "number" in spec:  # written in one way, however many zeros the file writes
            exact = self.number(sources[0]).cast(_DECIMAL, strict=False).cast(pl.String)
            return exact.str.strip_chars_end("0").str.strip_chars_end(".").fill_null(pl.col(sources[0]))
        if "join" in spec:
            return pl.concat_str([pl.col(source) for source in sources], separator=spec.get("with", " "))
        cell = pl.col(sources[0])
        if "extract" in spec:
            cell = cell.str.extract(spec["extract"], 1)
        if "values" in spec:
            cell = cell.replace_strict(spec["values"], default=None, return_dtype=pl.String)
        return cell.fill_null(spec["default"]) if "default" in spec else cell
