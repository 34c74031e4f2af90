"""A batch of records as arrays, taken out of its frame once: what the steps after the collection work on."""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tanhui.core.methodology import EVIDENCE_LEVELS
from tanhui.core.refusal import Refusal
from tanhui.core.regions import fallback, region_number
from tanhui.steps.collect.identity import content_hashes
from tanhui.steps.collect.types import STEPS
from tanhui.steps.quantify.services import RecordGroup

Integers = NDArray[np.int64]
SECOND = 1_000_000
DAY = 86_400 * SECOND
FIRST_DAY, LAST_DAY = (day.toordinal() - date(1970, 1, 1).toordinal() for day in (date.min, date.max))
ZONE = 8 * 3_600 * SECOND
"""The scheme's zone is China's, which has had no summer time since 1991: eight hours ahead of UTC."""


_LEVELS = {level: number for number, level in enumerate(EVIDENCE_LEVELS)}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a batch as they come, each of (records,): times in µs since 1970, evidence as its level's number."""

    record_ids: list[str]
    subjects: list[str]
    households: list[str] | None
    """ "" for none; None when no record names one."""
    occurred_at: Integers
    duration_s: Integers
    behaviors: Integers
    evidence: Integers
    steps: dict[str, Integers]
    given: dict[str, NDArray[np.bool_]]


class ActivityColumns:
    """The columns of a batch, each of shape (records,): times in µs since 1970, days local, figures in whole steps."""

    def __init__(self, records: pl.DataFrame) -> None:
        """`records` has `RECORD_COLUMNS` and a column of whole steps per field, null where a record does not give it."""
        names = [name for name in records.columns if name.startswith(STEPS)]
        given = {name.removeprefix(STEPS): records[name].is_not_null().to_numpy() for name in names}
        steps: dict[str, Integers] = {
            name.removeprefix(STEPS): records[name].fill_null(0).to_numpy().astype(np.int64) for name in names
        }
        self._hold(
            Columns(
                record_ids=records["record_id"].to_list(), subjects=records["subject"].to_list(),
                households=records["household"].fill_null("").to_list() if "household" in records.columns else None,
                occurred_at=records["occurred_at"].dt.epoch("us").to_numpy().astype(np.int64),
                duration_s=records["duration_s"].cast(pl.Int64).fill_null(0).to_numpy(),
                behaviors=records["behavior"].cast(pl.Int64).to_numpy(),
                evidence=records["evidence"].replace_strict(_LEVELS, return_dtype=pl.Int64).to_numpy(),
                steps=steps, given=given,
            ),
            *_groups(records, names),
        )  # fmt: skip

    @classmethod
    def of(cls, columns: "Columns", groups: list[RecordGroup], group: Integers) -> "ActivityColumns":
        """The same from columns at hand; `group` says of each record which of the `groups` it is of."""
        made = cls.__new__(cls)
        made._hold(columns, groups, group)  # noqa: SLF001 - its own
        return made

    def _hold(self, columns: "Columns", groups: list[RecordGroup], group: Integers) -> None:
        self.record_ids, self.subjects, self.households = columns.record_ids, columns.subjects, columns.households
        self.occurred_at, self.duration_s = columns.occurred_at, columns.duration_s
        self.days = np.clip((self.occurred_at + ZONE) // DAY, FIRST_DAY, LAST_DAY)
        self.ends = self.occurred_at + self.duration_s * SECOND
        self.behaviors, self.evidence = columns.behaviors, columns.evidence
        self.steps, self.given = columns.steps, columns.given
        self.groups, self.group = groups, group
        self.variants = np.array([_word(alike.variant) for alike in self.groups], dtype=np.int64)[self.group]
        self.regions = np.array([_number(alike.region) for alike in self.groups], dtype=np.int64)[self.group]

    def __len__(self) -> int:
        return len(self.behaviors)

    def content(self, subjects: NDArray[np.void], households: Integers) -> Integers:
        """What the record id is bound to: who (16-byte hashes, and their household's number) did what, where, when, how much."""
        halves = subjects.view(np.int64).reshape(-1, 2)
        return content_hashes(
            {
                "subject/1": halves[:, 0].copy(), "subject/2": halves[:, 1].copy(), "behavior": self.behaviors,
                "occurred_at": self.occurred_at, "region": self.regions, "duration_s": self.duration_s,
                "evidence": self.evidence,
            },
            optional={name: (column, self.given[name]) for name, column in self.steps.items()}
            | {"/variant": (self.variants, self.variants != 0), "/household": (households, households != 0)},
        )  # fmt: skip


def _groups(records: pl.DataFrame, names: list[str]) -> tuple[list[RecordGroup], Integers]:
    alike = records.select("behavior", "region", "variant", *(pl.col(name).is_not_null() for name in names))
    kinds = alike.unique(maintain_order=True).with_row_index("group")
    joined = alike.join(kinds, on=list(alike.columns), how="left", nulls_equal=True, maintain_order="left")
    groups = [
        RecordGroup(
            row["behavior"],
            row["region"],
            row["variant"],
            frozenset(name.removeprefix(STEPS) for name in names if row[name]),
        )
        for row in kinds.iter_rows(named=True)
    ]
    return groups, joined["group"].to_numpy().astype(np.int64)


def _word(word: str | None) -> int:
    """A word as a number that is another for each; 0 for none."""
    if word is None:
        return 0
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big", signed=True)


def _number(region: str) -> int:
    try:
        fallback(region)
    except Refusal:
        return _word(region)  # such a record is refused when its coefficient is looked for
    return region_number(region)
