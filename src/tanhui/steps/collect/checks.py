"""Refusing rows: the first check that a row fails gives its reason, its sentence in both languages and its source cells."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member

import polars as pl

from tanhui.core.text import Text
from tanhui.steps.collect.parts import TakesBack
from tanhui.steps.collect.reasons import sentence
from tanhui.steps.collect.table import ROW
from tanhui.steps.collect.types import REFUSED_COLUMNS

CHECK = "\x01check"
LONGEST_QUOTE = 100
_UNREADABLE = Text("单元格数量与表头不符，或编码损坏", "its cells do not fit the header, or its encoding is damaged")


@dataclass(frozen=True)
class Check:
    """Rows where `fails` holds are refused for `reason`; `value` is what the sentence quotes, `values` the rest of it."""

    reason: str
    fails: pl.Expr
    field: str | None = None
    value: pl.Expr | None = None
    values: Mapping[str, object] = member(default_factory=dict)
    takes_back: TakesBack | None = None
    """Such a row may take back a record that is booked; it is refused so if there is none."""


def failing(checks: Sequence[Check]) -> pl.Expr:
    """The number of the first check that fails, or null."""
    if not checks:
        return pl.lit(None, dtype=pl.Int32).alias(CHECK)
    return pl.coalesce(
        pl.when(check.fails).then(pl.lit(number, dtype=pl.Int32)) for number, check in enumerate(checks)
    ).alias(CHECK)


def refused(rows: pl.DataFrame, checks: Sequence[Check], originals: pl.DataFrame) -> pl.DataFrame:
    """One refused row (REFUSED_COLUMNS) per row of `rows`, whose CHECK says which check failed, with its original cells."""
    if rows.is_empty():
        return no_refused()
    parts = [_sentences(part, checks[int(key[0])]) for key, part in rows.partition_by(CHECK, as_dict=True).items()]
    cells = [name for name in originals.columns if name != ROW]
    wanted = rows.get_column(ROW)
    raw = originals.filter(pl.col(ROW).is_in(wanted.implode())).select(
        pl.col(ROW).alias("row"), pl.struct(cells).struct.json_encode().alias("raw")
    )
    told = pl.concat(parts).join(raw, on="row", how="left", maintain_order="left")
    return told.select(list(REFUSED_COLUMNS)).sort("row")


def unreadable(bad: Sequence[tuple[int, str]]) -> pl.DataFrame:
    """Refused rows for source lines that are no rows at all."""
    text = sentence("unreadable_row", why=_UNREADABLE)
    rows = [
        (row, 1, "unreadable_row", None, text.zh, text.en, json.dumps({"line": line}, ensure_ascii=False))
        for row, line in bad
    ]
    return pl.DataFrame(rows, schema=REFUSED_COLUMNS, orient="row")


def no_refused() -> pl.DataFrame:
    """An empty table of refused rows."""
    return pl.DataFrame(schema=REFUSED_COLUMNS)


def _sentences(rows: pl.DataFrame, check: Check) -> pl.DataFrame:
    given = {"field": check.field or "", **check.values}
    if check.value is None:
        text = sentence(check.reason, **given)
        return _told(rows, check, pl.lit(text.zh), pl.lit(text.en))
    rows = rows.with_columns(_quoted(check.value).alias("\x01value"))
    quoted = rows.get_column("\x01value").unique().to_list()
    texts = [sentence(check.reason, **given, value=value) for value in quoted]
    zh, en = (
        pl.col("\x01value").replace_strict(quoted, [text[n] for text in texts], return_dtype=pl.String) for n in (0, 1)
    )
    return _told(rows, check, zh, en)


def _quoted(value: pl.Expr) -> pl.Expr:
    """The value as a sentence quotes it: of a very long one, the beginning."""
    text = value.cast(pl.String).fill_null("")
    return pl.when(text.str.len_chars() > LONGEST_QUOTE).then(text.str.head(LONGEST_QUOTE) + "…").otherwise(text)


def _told(rows: pl.DataFrame, check: Check, zh: pl.Expr, en: pl.Expr) -> pl.DataFrame:
    return rows.select(
        pl.col(ROW).alias("row"), pl.lit(1, dtype=pl.Int64).alias("rows"), pl.lit(check.reason).alias("reason"),
        pl.lit(check.field, dtype=pl.String).alias("field"), zh.alias("detail_zh"), en.alias("detail_en"),
    )  # fmt: skip
