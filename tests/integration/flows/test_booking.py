"""What is booked for an accepted record: figures, points, balances and places, to the milligram."""

from datetime import UTC, date, datetime

from tests.batches import MORNING, NOW, Desk, at, credited, ends, frame, pay, postings_of, unbalanced, walk, whole


def test_an_accepted_record_is_booked_to_the_milligram(desk: Desk) -> None:
    recorded = desk.send({"id": "1", "behavior": 19, "region": "440300", "distance_km": 10_000, "seconds": 600})

    (posting,) = postings_of(desk.terms.id)
    assert ends(recorded) == ["accepted"]
    assert (posting["reduction_mg"], posting["credited_mg"], posting["points_milli"]) == (467_000, 467_000, 467_000)
    assert (posting["quantity_1"], posting["quantity_2"], posting["quantity_3"]) == (10_000, 0, 0)
    assert (posting["person_id"], posting["sequence"], posting["kind"]) == (desk.people["anna"], 1, 1)
    assert (posting["occurred_at"], posting["duration_s"], posting["region"]) == (MORNING, 600, 440_300)
    assert posting["key"].bytes == recorded.keys[0].tobytes()
    assert desk.balance() == (467_000, 467_000, 1)


def test_fractions_of_a_milligram_are_cut_off_once_per_record(desk: Desk) -> None:
    recorded = desk.send(walk("1", 1), walk("2", 2, at=at(1)), walk("3", 3333, at=at(2)))

    assert credited(recorded) == [6, 12, 20_997]  # 6.3, 12.6 and 20,997.9 mg
    assert desk.balance() == (21_015, 21_015, 3)


def test_places_continue_without_a_gap_over_batches_and_persons(desk: Desk) -> None:
    desk.send(pay("1"), pay("2", person="bo"), pay("3"))
    desk.send(pay("4", person="bo"), pay("5"), pay("6", person="bo"))

    places = [(p["person_id"], p["sequence"]) for p in postings_of(desk.terms.id)]
    assert places == sorted((desk.people[name], n) for name in ("anna", "bo") for n in (1, 2, 3))
    assert (desk.balance("anna"), desk.balance("bo")) == ((1440, 1440, 3), (1440, 1440, 3))


def test_a_negative_reduction_is_kept_and_grants_nothing(desk: Desk) -> None:
    month = {"behavior": 12, "evidence": "meter", "energy_kwh": 120_000, "baseline_energy_kwh": 100_000}
    recorded = desk.send({"id": "1", **month})

    (posting,) = postings_of(desk.terms.id)
    assert ends(recorded) == ["accepted"]
    assert (posting["reduction_mg"], posting["credited_mg"], posting["points_milli"]) == (-10_612_000, 0, 0)
    assert desk.balance() == (0, 0, 1)


def test_points_expire_at_the_end_of_the_second_year_after_they_were_booked(desk: Desk) -> None:
    desk.send(walk("1"), now=datetime(2026, 6, 1, tzinfo=UTC))

    assert [p["expires_on"] for p in postings_of(desk.terms.id)] == [date(2029, 1, 1)]


def test_the_day_of_booking_is_the_schemes_day(desk: Desk) -> None:
    desk.send(walk("1"), now=datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC))
    desk.send(walk("2", at=at(1)), now=datetime(2026, 12, 31, 16, 0, tzinfo=UTC))  # New Year in Shanghai

    assert [p["expires_on"] for p in postings_of(desk.terms.id)] == [date(2029, 1, 1), date(2030, 1, 1)]


def test_a_refused_record_changes_nothing_at_all(desk: Desk) -> None:
    before = whole()

    recorded = desk.send(walk("1", evidence="self_declared"))

    assert ends(recorded) == ["evidence_too_low"]
    assert whole() == before


def test_the_factor_in_force_on_the_day_it_happened_prices_a_record(desk: Desk) -> None:
    solar = {"behavior": 11, "energy_kwh": 10_000}
    days = {year: datetime(year, 6, 1, 4, tzinfo=UTC) for year in (2021, 2022)}

    recorded = desk.send(*({"id": str(year), "at": day, **solar} for year, day in days.items()))

    assert credited(recorded) == [5_568_000, 5_366_000]  # 0.5568 and 0.5366 kg/kWh


def test_the_version_of_the_day_begins_at_midnight_in_the_schemes_zone(desk: Desk) -> None:
    before_midnight = datetime(2021, 12, 31, 15, 59, 59, tzinfo=UTC)
    solar = {"behavior": 11, "energy_kwh": 10_000}

    recorded = desk.send(
        {"id": "1", "at": before_midnight, **solar}, {"id": "2", "at": datetime(2021, 12, 31, 16, tzinfo=UTC), **solar}
    )

    assert credited(recorded) == [5_568_000, 5_366_000]


def test_behaviors_mixed_in_one_batch_are_each_priced_by_their_own(desk: Desk) -> None:
    recorded = desk.send(
        walk("1"), pay("2"), {"id": "3", "behavior": 17, "region": "310000", "distance_km": 2000, "duration_h": 2500},
        {"id": "4", "behavior": 8, "energy_kwh": 100_000, "baseline_energy_kwh": 90_000},
        {"id": "5", "behavior": 24, "distance_km": 10_000, "passengers": 2},
    )  # fmt: skip

    assert recorded.reduction_mg.tolist() == [63_000, 480, 70_718, -5_306_000, 374_025]
    assert desk.balance() == (508_223, 508_223, 5)
    assert unbalanced() == []


def test_an_empty_batch_books_nothing(desk: Desk) -> None:
    before = whole()

    recorded = desk.send_frame(frame([walk("1")]).clear())

    assert len(recorded.verdicts.outcome) == 0
    assert {name: n for name, (n, _) in whole().items()} == {name: n for name, (n, _) in before.items()}


def test_a_batch_of_which_nothing_stands_books_nothing(desk: Desk) -> None:
    future = at(24 * 365)

    recorded = desk.send(*(walk(str(n), at=future) for n in range(3)), now=NOW)

    assert ends(recorded) == ["in_the_future"] * 3
    assert (postings_of(desk.terms.id), desk.balance()) == ([], (0, 0, 0))


def test_a_large_batch_is_booked_in_one_go(desk: Desk) -> None:
    many = 20_000
    rows = [pay(f"r{n}", person=f"p{n % 4000}", at=at(24 * (n % 50))) for n in range(many)]

    recorded = desk.send(*rows)

    assert recorded.verdicts.counts() == {"accepted": many, "duplicate": 0, "conflict": 0, "refused": 0}
    assert sum(credited(recorded)) == many * 480
    assert {desk.balance(f"p{n}") for n in range(4000)} == {(2400, 2400, 5)}
