"""What holds for every batch: nothing is made or lost, nothing is booked twice, and the cut into batches decides nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.batches import NOW, Desk, at, ends, pay, postings_of, unbalanced, walk, whole

from tanhui.core.methodology import Cap

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PEOPLE = st.sampled_from(["anna", "bo", "cem"])


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk.open()


@st.composite
def any_record(draw: st.DrawFn) -> dict[str, Any]:
    """A record of any kind, good or bad, with few ids, persons and hours, so that they meet."""
    record = draw(
        st.sampled_from(
            [walk("", 10_000), walk("", 200_000), walk("", -1), pay(""), {"behavior": 4, "count": 1},
             {"behavior": 12, "evidence": "meter", "energy_kwh": 5000, "baseline_energy_kwh": 4000},
             {"behavior": 28, "count": 1, "household": "m1"}, {"behavior": 99, "count": 1}, {"behavior": 24, "count": 1}]
        )
    )  # fmt: skip
    number, hour = draw(st.integers(0, 12)), draw(st.integers(-30, 30))
    return record | {
        "id": str(number), "person": draw(PEOPLE), "at": at(hour / 2), "seconds": draw(st.sampled_from([0, 60, 5400])),
        "region": draw(st.sampled_from(["CN", "440300", "nowhere"])),
    }  # fmt: skip


def cut(rows: Sequence[Any], sizes: Sequence[int]) -> list[Sequence[Any]]:
    """The rows in batches of these sizes, and the rest in a last one."""
    batches, start = [], 0
    for size in sizes:
        batches.append(rows[start : start + size])
        start += size
    return [batch for batch in [*batches, rows[start:]] if batch]


@FEW
@given(rows=st.lists(any_record(), max_size=25), sizes=st.lists(st.integers(1, 8), max_size=4))
def test_entries_sum_to_zero_and_balances_are_their_sums(desk: Desk, rows: list[Any], sizes: list[int]) -> None:
    mine = Desk.open(desk.scheme)

    for batch in cut(rows, sizes):
        counts = mine.send(*batch, households=True).verdicts.counts()
        assert sum(counts.values()) == len(batch)

    assert unbalanced() == []
    booked = postings_of(mine.terms.id)
    assert len({p["key"] for p in booked}) == len(booked) <= len({row["id"] for row in rows})
    for person in set(mine.people.values()):
        assert [p["sequence"] for p in booked if p["person_id"] == person] == list(
            range(1, 1 + sum(p["person_id"] == person for p in booked))
        )
    assert all(0 <= p["credited_mg"] <= max(p["reduction_mg"], 0) for p in booked)
    assert all(p["points_milli"] == p["credited_mg"] for p in booked)


def assert_the_cut_decides_nothing(scheme: Any, rows: list[Any], sizes: list[int]) -> None:
    together, apart = Desk.open(scheme), Desk.open(scheme)

    one = together.send(*rows, households=True)
    others = [apart.send(*batch, households=True) for batch in cut(rows, sizes)]

    assert [code for other in others for code in ends(other)] == ends(one)
    for name in ("reduction_mg", "credited_mg", "points_milli", "capped_by"):
        assert [v for other in others for v in getattr(other, name).tolist()] == getattr(one, name).tolist()


@FEW
@given(rows=st.lists(any_record(), min_size=1, max_size=25), sizes=st.lists(st.integers(1, 8), max_size=4))
def test_how_records_are_cut_into_batches_decides_nothing(desk: Desk, rows: list[Any], sizes: list[int]) -> None:
    rows = [row | {"id": f"{number}"} for number, row in enumerate(rows)]

    assert_the_cut_decides_nothing(desk.scheme, rows, sizes)


@FEW
@given(rows=st.lists(any_record(), min_size=1, max_size=25), sizes=st.lists(st.integers(1, 8), max_size=4))
def test_nor_does_it_when_records_are_repeated(desk: Desk, rows: list[Any], sizes: list[int]) -> None:
    """Of behaviors that exclude nothing: an id whose first record overlaps another is for the next batch."""
    rows = [row for row in rows if row.get("behavior", 16) not in {16, 24}] or [pay("1")]

    assert_the_cut_decides_nothing(desk.scheme, rows, sizes)


@st.composite
def caps_of_both(draw: st.DrawFn) -> list[Cap]:
    """One to three caps of persons and households, on records, grams or both, in any order."""
    caps = []
    for _ in range(draw(st.integers(1, 3))):
        records = draw(st.none() | st.integers(0, 3))
        grams = draw(st.integers(0, 100) if records is None else st.none() | st.integers(0, 100))
        per, by = draw(st.sampled_from(["day", "month"])), draw(st.sampled_from(["person", "household"]))
        caps.append(Cap(per, by, records, None if grams is None else grams * 1000))
    return caps


@st.composite
def bills(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Bills of a few persons of a few households, and of none, all within three days."""
    return [
        {"id": str(n), "behavior": 28, "count": draw(st.integers(1, 3)), "person": draw(PEOPLE), "at": at(draw(st.integers(0, 60))),
         "household": draw(st.sampled_from([None, "m1", "m2"]))}
        for n in range(draw(st.integers(2, 12)))
    ]  # fmt: skip


def with_caps(scheme: Any, caps: Sequence[Cap]) -> Any:
    """The scheme with these caps on bills."""
    (bill,) = scheme.library.for_behavior(28)
    tried = replace(bill, code=f"bill-{hash(tuple(caps)) & 0xFFFFFFFF:08x}", caps=tuple(caps))
    return replace(scheme, library=scheme.library.trying(tried, without=[bill.code]), stored={})


@FEW
@given(caps=caps_of_both(), rows=bills(), sizes=st.lists(st.integers(1, 3), max_size=12))
@example(  # what the person's cap cuts leaves the household's place to the next
    caps=[Cap("month", "household", 1), Cap("month", "person", 1)], sizes=[1, 1, 1],
    rows=[
        {"id": str(n), "behavior": 28, "count": 1, "at": at(n), "person": person, "household": household}
        for n, (person, household) in enumerate([("anna", "m1"), ("anna", "m2"), ("bo", "m2")])
    ],
)  # fmt: skip
@example(  # a bill without a household counts with all of its person's
    caps=[Cap("month", "household", 1)], sizes=[1],
    rows=[{"id": name, "behavior": 28, "count": 1, "household": name or None, "at": at(len(name))} for name in ("m1", "")],
)  # fmt: skip
def test_nor_does_it_under_caps_of_persons_and_households(
    desk: Desk, caps: list[Cap], rows: list[Any], sizes: list[int]
) -> None:
    assert_the_cut_decides_nothing(with_caps(desk.scheme, caps), rows, sizes)


@st.composite
def caps_on_points(draw: st.DrawFn) -> list[dict[str, str]]:
    """Caps of a rule on all points and on those of one behavior, in any order."""
    each = {"per": st.sampled_from(["day", "month"]), "points": st.integers(0, 200).map(str)}
    return draw(st.lists(st.fixed_dictionaries(each, optional={"behavior": st.sampled_from([4, 16])}), max_size=3))


@FEW
@given(caps=caps_on_points(), rows=st.lists(any_record(), min_size=1, max_size=15), sizes=st.lists(st.integers(1, 4)))
@example(  # what the cap on walking cuts leaves room under the cap on all
    caps=[{"per": "day", "points": "100"}, {"per": "day", "points": "50", "behavior": 16}],
    rows=[walk(""), {"behavior": 4, "count": 1}], sizes=[1],
)  # fmt: skip
def test_nor_does_it_under_several_caps_on_points(
    desk: Desk, caps: list[Any], rows: list[Any], sizes: list[int]
) -> None:
    from tanhui.steps.points.rules import approve_rule, read_rule, shipped_rules

    document = {**shipped_rules()[0][1], "code": f"test-{hash(str(caps)) & 0xFFFFFFFF:08x}", "caps": caps}
    scheme = replace(desk.scheme, rules=[(approve_rule(document, now=NOW), read_rule(document))], stored={})
    rows = [row | {"id": f"{number}"} for number, row in enumerate(rows)]

    assert_the_cut_decides_nothing(scheme, rows, sizes)


@FEW
@given(rows=st.lists(any_record(), max_size=20))
def test_the_same_batch_again_changes_nothing(desk: Desk, rows: list[Any]) -> None:
    mine = Desk.open(desk.scheme)
    if not rows:
        return
    first = mine.send(*rows, households=True)
    before = whole()

    again = mine.send(*rows, households=True)

    assert whole() == before
    assert again.verdicts.counts()["accepted"] == 0
    booked = {row["id"] for row, outcome in zip(rows, first.verdicts.outcome, strict=True) if outcome == 0}
    assert all(code in (1, 2) for row, code in zip(rows, again.verdicts.outcome, strict=True) if row["id"] in booked)


@st.composite
def plain_records(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Good records that neither overlap nor meet a cap, with ids of their own, in any order."""
    hours = draw(st.lists(st.integers(0, 500), unique=True, max_size=15))
    rows = [
        {"id": str(hour), "person": draw(PEOPLE), "behavior": 21, "distance_km": draw(st.integers(100, 300_000)), "at": at(-hour), "seconds": 0}
        for hour in hours
    ]  # fmt: skip
    return rows + [pay(f"p{n}", person=draw(PEOPLE), at=at(-24 * n)) for n in range(draw(st.integers(0, 4)))]


@FEW
@given(rows=plain_records(), data=st.data())
def test_the_order_of_records_and_batches_does_not_matter(desk: Desk, rows: list[Any], data: st.DataObject) -> None:
    one, other = Desk.open(desk.scheme), Desk.open(desk.scheme)
    shuffled = data.draw(st.permutations(rows))
    sizes = data.draw(st.lists(st.integers(1, 6), max_size=4))

    for batch in cut(rows, []):
        one.send(*batch)
    for batch in cut(shuffled, sizes):
        other.send(*batch)

    assert {name: one.balance(name) for name in one.people} == {name: other.balance(name) for name in other.people}
    assert sum(one.balance(name)[2] for name in one.people) == len(rows)
