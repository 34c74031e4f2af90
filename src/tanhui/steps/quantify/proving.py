"""Proving the figures: every stored coefficient from the factors it states, every record from its quantities and coefficient."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from tanhui.core.described import Json, recompute
from tanhui.core.methodology import Cap
from tanhui.core.refusal import Refusal
from tanhui.core.regions import GRID_REGIONS, fallback, region_of_number
from tanhui.steps.quantify.loader import document_digest, read_cap
from tanhui.steps.quantify.models import MethodologyVersion, StoredCoefficient
from tanhui.steps.quantify.services import requantify
from tanhui.steps.quantify.stored import content_digest, plain_content

Integers = NDArray[np.int64]
EPOCH = date(1970, 1, 1).toordinal()
FOREVER = 2**62
_SPREAD = 1 << 32  # wider than any region's number
_CONTENT = ("variant", "region", "valid_from", "monomials", "reduction_ng", "baseline_ng", "terms", "fields")


@dataclass(frozen=True, slots=True)
class Priced:
    """What a stored coefficient says about the records it priced: the behavior, where and when it held, its arithmetic."""

    behavior: int
    region: str
    first_day: int
    end_day: int
    arithmetic: Json


def stored_coefficients() -> Iterator[tuple[int, Json]]:
    """Every stored coefficient by its number, with the terms it was computed from and what of its methodology binds it."""
    of_methodology = ("id", "code", "version", "digest", "behavior")
    rows = StoredCoefficient.objects.order_by("id").values(
        "id", "digest", *_CONTENT, "valid_until", "tradable", *(f"methodology__{name}" for name in of_methodology)
    )
    for row in rows.iterator(chunk_size=200):
        yield row["id"], row


def wrong_methodologies() -> Iterator[tuple[str, Json]]:
    """Every methodology kept whose text is not the one it was published with, or says otherwise than its row."""
    for row in MethodologyVersion.objects.order_by("id").iterator(chunk_size=20):
        about, digest = f"{row.code}@{row.version}", document_digest(row.document)
        if digest != row.digest:
            yield about, {"stored": row.digest, "recomputed": digest}
            continue
        content = plain_content(row.document)
        stored = {"code": row.code, "version": row.version, "behavior": str(row.behavior)}
        told = {name: content.get(name) for name in stored}
        if told != stored:
            yield about, {"stored": stored, "document": told}


def caps_of_coefficients() -> dict[int, tuple[int, tuple[Cap, ...]]]:
    """The behavior and caps of every stored coefficient, by its number, as its methodology's text has them."""
    caps = {row.id: (row.behavior, _caps(row.document)) for row in MethodologyVersion.objects.iterator(chunk_size=20)}
    numbers = StoredCoefficient.objects.values_list("id", "methodology_id")
    return {number: caps[methodology] for number, methodology in numbers}


def altered(stored: Json) -> dict[str, str] | None:
    """The digest stored and that of the content, when a coefficient is not what its digest was made of.

    The day it ends and whether it is tradable are not part of it: the first is set when the factors are renewed.
    """
    of_methodology = {
        "methodology": stored["methodology__code"], "version": stored["methodology__version"],
        "document": stored["methodology__digest"], "valid_from": stored["valid_from"].isoformat(),
    }  # fmt: skip
    found = content_digest({name: stored[name] for name in _CONTENT} | of_methodology)
    return None if found == stored["digest"] else {"stored": str(stored["digest"]), "recomputed": str(found)}


def disagreement(stored: Json) -> dict[str, Any] | None:
    """The nanograms stored and those that follow from the coefficient's own terms, when they are not the same."""
    reduction_ng, baseline_ng = recompute(stored["terms"], stored["monomials"])
    told = {"reduction_ng": tuple(stored["reduction_ng"]), "baseline_ng": tuple(stored["baseline_ng"])}
    found = {"reduction_ng": reduction_ng, "baseline_ng": baseline_ng}
    return None if told == found else {"stored": told, "recomputed": found}


def priced(stored: Json) -> Priced:
    """What of a stored coefficient the check of records needs."""
    until = stored["valid_until"]
    return Priced(
        stored["methodology__behavior"],
        stored["region"],
        stored["valid_from"].toordinal() - EPOCH,
        FOREVER if until is None else until.toordinal() - EPOCH,
        {name: stored[name] for name in ("monomials", "reduction_ng", "fields")},
    )


def recompute_records(
    coefficients: Mapping[int, Priced],
    *,
    coefficient_id: Integers,
    quantities: tuple[Integers, Integers, Integers],
    behaviors: Integers,
    days: Integers,
) -> tuple[Integers, NDArray[np.bool_]]:
    """Milligrams of each record computed anew, and whether its coefficient is known and held for that behavior on that day.

    All of shape (records,); where it did not hold, the milligrams are 0.
    """
    reduction_mg = np.zeros(len(coefficient_id), dtype=np.int64)
    held = np.zeros(len(coefficient_id), dtype=np.bool_)
    for number in np.unique(coefficient_id).tolist():
        if (found := coefficients.get(number)) is None:
            continue
        here = np.flatnonzero(coefficient_id == number)
        held[here] = (
            (behaviors[here] == found.behavior) & (days[here] >= found.first_day) & (days[here] < found.end_day)
        )
        reduction_mg[here] = requantify(found.arithmetic, [column[here] for column in quantities])
    return reduction_mg, held


def regions_reach(
    coefficients: Mapping[int, Priced], *, coefficient_id: Integers, regions: Integers
) -> NDArray[np.bool_]:
    """Whether each record's region is its coefficient's or falls back to it, of shape (records,); unknown coefficients pass."""
    pairs, back = np.unique(coefficient_id * _SPREAD + regions + _SPREAD // 2, return_inverse=True)
    verdicts = []
    for pair in pairs.tolist():
        number, region = divmod(pair, _SPREAD)
        found = coefficients.get(number)
        verdicts.append(found is None or found.region in _chain(region - _SPREAD // 2))
    right: NDArray[np.bool_] = np.array(verdicts, dtype=np.bool_)[back]
    return right


@lru_cache(maxsize=8192)
def _chain(number: int) -> tuple[str, ...]:
    if number < -len(GRID_REGIONS):
        return ()
    try:
        return fallback(region_of_number(number))
    except Refusal:
        return ()


def _caps(document: str) -> tuple[Cap, ...]:
    try:
        return tuple(read_cap(row) for row in plain_content(document).get("caps", []))
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError):
        return ()  # a text that says nothing is found by its digest
