"""Which shipped mapping reads a file: the one whose columns it has, and whose first rows can then be read."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.mapping import FeedMapping, shipped_mappings
from tanhui.steps.collect.numbers import is_number
from tanhui.steps.collect.opening import open_table
from tanhui.steps.collect.plan import Asked, Plan
from tanhui.steps.collect.sources import Format, format_of
from tanhui.steps.collect.table import ROW

TRIED_ROWS = 500
SURE = 0.5
_NO_PERSON = "?"
_ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping with its score from 0 to 1: how many of the first rows it reads, less what it leaves unread."""

    mapping: FeedMapping
    score: float
    readable: float
    columns_used: int
    columns_found: int


def guess_mapping(path: Path, mappings: Sequence[FeedMapping] | None = None) -> list[Guess]:
    """The mappings that can read the file, the likeliest first; empty when none has the columns it needs."""
    return _tried(path, mappings)[0]


def _tried(path: Path, mappings: Sequence[FeedMapping] | None) -> tuple[list[Guess], list[Refusal]]:
    """The guesses, the likeliest first, and what is wrong with the file itself, as others found."""
    kind: Format | None = None
    with suppress(Refusal):  # which every mapping will then meet, too
        kind = format_of(path)
    tried = [
        _try(path, mapping)
        for mapping in (shipped_mappings() if mappings is None else mappings)
        if mapping.file.format in {None, kind}
    ]
    guesses = [found for found in tried if isinstance(found, Guess)]
    refusals = [found for found in tried if isinstance(found, Refusal) and found.code != "feed_columns_missing"]
    return sorted(guesses, key=lambda guess: guess.score, reverse=True), refusals


def mapping_for(path: Path, mappings: Sequence[FeedMapping] | None = None) -> FeedMapping:
    """The one mapping that reads the file. Raises `Refusal` when none does, or when two do equally well.

    What is wrong with the file itself (damaged, empty, two files in one archive) is the better answer, and given first.
    """
    found, refusals = _tried(path, mappings)
    guesses = [guess for guess in found if guess.score >= SURE]
    if len(guesses) == 1 or (guesses and guesses[0].score > guesses[1].score):
        return guesses[0].mapping
    if not found:
        for refusal in refusals:
            raise refusal
    names = ", ".join(guess.mapping.name for guess in guesses or found)
    text = Text(
        "无法确定 {p} 的格式：可能是 {n}；请以 --mapping 指明，或用 feeds draft 起草映射。",
        "The kind of file of {p} is not clear: it may be {n}; name a --mapping, or make one with feeds draft.",
    )
    if not names:
        text = Text(
            "随平台提供的映射都不能读 {p}；请以 --mapping 指明自己的映射，或用 feeds draft 起草。",
            "None of the mappings that ship reads {p}; name one of yours with --mapping, or make one with feeds draft.",
        )
    text = text.format(p=path.name, n=names)
    raise Refusal("mapping_unclear", text, field="mapping")


def _try(path: Path, mapping: FeedMapping) -> Guess | Refusal:
    try:
        with open_table(path, mapping.file, required=mapping.required, block_bytes=1 << 16) as table:
            frames = [chunk.frame for chunk in islice(table.chunks, 1)]
            columns = table.columns
    except Refusal as refusal:
        return refusal
    frame = pl.concat(frames).head(TRIED_ROWS) if frames else pl.DataFrame()
    if frame.is_empty():
        return Guess(mapping, 0.0, 0.0, 0, len(columns))
    readable = _readable(frame, mapping, columns)
    used = len(set(mapping.columns) & set(columns))
    own = [name for name in columns if not name.startswith("column_")]
    share = used / max(len(own), 1)
    return Guess(mapping, round(readable * (0.7 + 0.3 * share), 4), round(readable, 4), used, len(own))


def _readable(frame: pl.DataFrame, mapping: FeedMapping, columns: Sequence[str]) -> float:
    """The share of rows whose time can be read, whose behavior is known, and whose quantities are numbers."""
    plan = Plan(mapping, Asked({}, _ALWAYS), columns, subject=_NO_PERSON)
    typed = plan.typed(plan.cells.clean(frame))
    ignored = [plan.cells.holds(rule.when) for rule in mapping.ignore]
    ignored += [plan.cells.holds(mapping.cancels.when)] if mapping.cancels else []
    sources = [source.column for source in mapping.fields.values() if source.column]
    numbers = [is_number(plan.cells.number(name)) for name in sources]
    sound = pl.all_horizontal(
        pl.col("occurred_at").is_not_null(), pl.col("behavior").is_not_null(), *numbers
    ).fill_null(value=False)
    told = typed.select(ROW, pl.any_horizontal(sound, *ignored).alias("read"))
    if not told.select(sound=pl.col("read")).height:
        return 0.0
    dated = typed.get_column("occurred_at").is_not_null().mean()
    share = told.get_column("read").mean()
    return float(share) if isinstance(share, float) and isinstance(dated, float) and dated > 0 else 0.0
