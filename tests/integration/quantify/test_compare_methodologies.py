"""A dry run of two versions over the stored records: exact grams by region, and nothing booked."""

from pathlib import Path
from typing import Any

import pytest
from tests.bookkeeping import METRO, SHENZHEN, Books

from tanhui.steps.identify.behaviors import METHODOLOGIES
from tanhui.steps.quantify.library import Library, library
from tanhui.steps.quantify.loader import load_methodology

SHIPPED = METHODOLOGIES / "19-metro" / "metro-shenzhen.yaml"
FACTOR = "emission_factor: [transport.reduction.metro]"


def compare(before: Library, after: Library, **more: Any) -> Any:
    from tanhui.flows.compare_methodologies import compare_methodologies

    return compare_methodologies(before, after, behavior=METRO, **more)


def changed(folder: Path, *changes: tuple[str, str]) -> Library:
    text = SHIPPED.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "draft.yaml"
    path.write_text(text, encoding="utf-8")
    return library().trying(load_methodology(path, factors=library().factors))


def figures(compared: Any) -> tuple[int, int, int, int]:
    change = compared.regions.get(SHENZHEN)
    return (0, 0, 0, 0) if change is None else (change.records, change.booked_mg, change.before_mg, change.after_mg)


def booked_between(books: Books, after: Library, **more: Any) -> tuple[int, ...]:
    """What the rides booked here add to the comparison; the tests' database holds others' too."""
    earlier = figures(compare(library(), after))
    books.rides([{"km": "10"}, {"km": "10"}, {"km": "4"}])
    return tuple(now - then for now, then in zip(figures(compare(library(), after, **more)), earlier, strict=True))


def test_the_same_library_gives_what_was_booked(books: Books) -> None:
    records, booked_mg, before_mg, after_mg = booked_between(books, library())

    assert records == 3
    assert booked_mg == before_mg == after_mg > 0


def test_half_the_coefficient_gives_half_the_grams(books: Books, tmp_path: Path) -> None:
    half = changed(
        tmp_path,
        ("status: in_force", "status: trial"),
        (FACTOR, f"adjustment: [half]\n        {FACTOR}"),
        ("variants:\n", 'parameters:\n  half: {title: {zh: 半, en: half}, value: "1/2", unit: "1", quality: assumption, assumption: {zh: 试, en: try}}\nvariants:\n'),
    )  # fmt: skip

    records, booked_mg, before_mg, after_mg = booked_between(books, half, rows_per_chunk=1)

    assert (records, booked_mg) == (3, before_mg)
    assert after_mg * 2 == before_mg


def test_coarser_steps_are_counted_down(books: Books, tmp_path: Path) -> None:
    coarse = changed(tmp_path, ('step: "0.001"', 'step: "3"'))

    _, _, before_mg, after_mg = booked_between(books, coarse)

    assert after_mg * 24 == before_mg * (9 + 9 + 3)


def test_a_withdrawn_record_is_left_out(books: Books) -> None:
    from tests.bookkeeping import NOW

    from tanhui.flows.correct_activity import correct_activity

    earlier = figures(compare(library(), library()))
    key = books.ride(km="10")
    correct_activity(key, reason="wrong", actor="tester", replace=None, now=NOW)

    assert figures(compare(library(), library())) == earlier


def test_what_the_new_bounds_refuse_is_counted(books: Books, tmp_path: Path) -> None:
    books.ride(km="10")
    narrow = changed(tmp_path, ('max: "200"', 'max: "9"'))

    compared = compare(library(), narrow)

    assert compared.refused_before["out_of_bounds"] == 0
    assert compared.refused_after["out_of_bounds"] >= 1


@pytest.mark.usefixtures("books")
def test_nothing_is_booked(tmp_path: Path) -> None:
    from django.db import connection

    def booked() -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT count(*) FROM ledger_posting), (SELECT count(*) FROM quantify_coefficient)")
            return tuple(cursor.fetchone())

    before = booked()
    compare(library(), changed(tmp_path, ('max: "200"', 'max: "9"')))

    assert booked() == before
