"""What the benchmarks record: five behaviors in many cities, a whole day of a million persons, as columns."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import numpy as np
import polars as pl

from tanhui.participants.organizations.types import BY_PARTNER, PartnerTerms
from tanhui.steps.collect.types import RECORD_COLUMNS, STEPS
from tanhui.steps.quantify.library import Library
from tanhui.steps.quantify.loader import load_factors

DOCUMENTS = Path(__file__).parent / "methodologies"
CITIES = ("110105", "310104", "320500", "330100", "370200", "410100", "420100", "440300", "440106", "510107", "610100")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY_BEGINS = datetime(2026, 11, 18, 16, tzinfo=UTC)
TERMS = PartnerTerms(1, "bench", date(2020, 1, 1), None, BY_PARTNER)
NAMESPACE = "bench"
PER_PERSON_AND_DAY = 1.44


@dataclass(frozen=True, slots=True)
class Kind:
    """A behavior in the mix: its share, its field, the field's mean in steps, and how long it takes in seconds."""

    behavior: int
    document: str
    share: float
    field: str
    mean_steps: int
    longest_s: int


KINDS = (
    Kind(19, "metro", 0.35, "distance_km", 9_000, 3_600),
    Kind(17, "cycling", 0.25, "distance_km", 2_000, 1_800),
    Kind(20, "e-bike", 0.15, "distance_km", 4_000, 1_800),
    Kind(12, "electricity-saving", 0.10, "energy_kwh", 300, 0),
    Kind(47, "own-cup", 0.15, "count", 1, 0),
)


@cache
def bench_library() -> Library:
    """The methodologies of the benchmarks, compiled."""
    documents = {kind.behavior: [DOCUMENTS / f"{kind.document}.yaml"] for kind in KINDS}
    return Library(load_factors([DOCUMENTS / "factors.yaml"]), documents)


def batches(*, persons: int, count: int, size: int = 10_000, seed: int = 1, uuids: bool = False) -> list[pl.DataFrame]:
    """So many batches in the order of time, all records different, of a day on which each person does 1.44 things."""
    rng = np.random.default_rng(seed)
    lasts = timedelta(days=size / (persons * PER_PERSON_AND_DAY)) // timedelta(microseconds=1)
    return [_batch(rng, number, size, persons, lasts, seed, uuids=uuids) for number in range(count)]


def _batch(
    rng: np.random.Generator, number: int, size: int, persons: int, lasts: int, seed: int, *, uuids: bool
) -> pl.DataFrame:
    kind = rng.choice(len(KINDS), size, p=[kind.share for kind in KINDS])
    begins = int(DAY_BEGINS.timestamp() * 1_000_000) + number * lasts
    longest = np.array([k.longest_s for k in KINDS])[kind]
    duration = np.where(longest > 0, 60 + rng.integers(np.maximum(longest, 1)), 0)
    steps = np.maximum(rng.exponential(np.array([k.mean_steps for k in KINDS])[kind]).astype(np.int64), 1)
    steps = np.where(longest > 0, np.clip(steps, 100, duration * 8), np.minimum(steps, 100))
    first = (seed * 1_000_000_000) + number * size
    ids = _uuid4s(rng, size) if uuids else [f"R{first + row:012d}" for row in range(size)]
    columns = {
        "row": np.arange(size), "rows": np.ones(size, dtype=np.int64), "record_id": ids,
        "subject": [f"user-{person:08d}" for person in rng.integers(persons, size=size).tolist()],
        "behavior": np.array([k.behavior for k in KINDS], dtype=np.int32)[kind], "variant": [None] * size,
        "region": np.array(CITIES)[rng.integers(len(CITIES), size=size)],
        "occurred_at": (begins + np.sort(rng.integers(max(lasts, 1), size=size))).view("datetime64[us]"),
        "duration_s": duration.astype(np.int32), "evidence": ["partner"] * size,
    }  # fmt: skip
    frame = pl.DataFrame(columns).with_columns(pl.col("occurred_at").dt.replace_time_zone("UTC"))
    frame = frame.cast(dict(RECORD_COLUMNS))
    fields = dict.fromkeys(k.field for k in KINDS)
    given = {f: np.isin(kind, [n for n, k in enumerate(KINDS) if k.field == f]) for f in fields}
    return frame.with_columns(
        pl.Series(STEPS + f, np.where(given[f], steps, 0)).set(pl.Series(~given[f]), None) for f in fields
    )


def _uuid4s(rng: np.random.Generator, size: int) -> list[str]:
    raw = rng.bytes(16 * size)
    return [str(UUID(bytes=raw[at : at + 16], version=4)) for at in range(0, len(raw), 16)]
