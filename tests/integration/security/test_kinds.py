"""What is approved does what it said: methodologies and factors join the library, corrections are booked; the past stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml
from tests.approving import LATER, NOW, around, factor, metro, somebody
from tests.bookkeeping import METRO, SHENZHEN, new_books

from tanhui.core.refusal import Refusal

pytestmark = pytest.mark.django_db
IN_FORCE = datetime(2026, 3, 6, 4, 0, tzinfo=UTC)


@pytest.fixture
def people() -> dict[str, Any]:
    return {role: somebody(role) for role in ("methodologist", "operations", "reviewer", "approver")}


def enter(people: dict[str, Any], kind: str, payload: Any, **more: Any) -> Any:
    from tanhui.flows.propose import enter

    author = people["operations" if kind == "correction" else "methodologist"]
    return enter(kind, payload, **{"reason": "published", "actor": author, "around": around()} | more)


def approve(people: dict[str, Any], number: int) -> Any:
    from tanhui.flows.propose import decide

    for step, by in (("review", "reviewer"), ("approve", "approver")):
        done = decide(number, step, actor=people[by], around=around())  # type: ignore[arg-type]
    return done


def apply_due(now: datetime = LATER) -> list[Any]:
    from tanhui.flows.apply_due import apply_due

    return apply_due(gwp_set="ar5", now=now)


def coefficient(on: date) -> int:
    """Nanograms for a metre by metro in Shenzhen on that day, by the library as installed."""
    from tanhui.steps.quantify.adopted import installed_library
    from tanhui.steps.quantify.library import choose

    found = choose(installed_library(), behavior=METRO, region=SHENZHEN, on=on, given=["distance_km"])
    return found.reduction_ng[0]


def refused(code: str, people: dict[str, Any], kind: str, payload: Any, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        enter(people, kind, payload, **more)
    assert refusal.value.code == code
    return refusal.value


def test_a_methodology_holds_from_its_first_day_and_the_one_before_it_until_then(people: Any) -> None:
    entered = enter(people, "methodology", metro())
    assert approve(people, entered.id).stage == "approved"
    assert coefficient(date(2026, 3, 5)) == 46_700_000

    (applied,) = apply_due()

    assert (applied.stage, applied.outcome["methodology"]) == ("applied", "metro-shenzhen@2.0.0")
    assert [coefficient(date(2026, 3, day)) for day in (4, 5)] == [46_700_000, 40_000_000]
    assert coefficient(date(2022, 1, 1)) == 46_700_000


def test_what_was_booked_keeps_its_version_and_what_comes_is_priced_by_the_new_one(people: Any) -> None:
    from tanhui.flows.audit_books import audit_books
    from tanhui.flows.explain_record import explain_record
    from tanhui.flows.scheme import open_scheme
    from tanhui.steps.quantify.adopted import installed_library
    from tanhui.support.ledger.selectors import posting

    books = new_books()
    before = books.ride(km="10")
    approve(people, enter(people, "methodology", metro()).id)
    apply_due()
    books.scheme = open_scheme(library=installed_library(), secret=b"k" * 32, now=LATER)

    late = books.ride(km="10", at=datetime(2026, 3, 4, 1, tzinfo=UTC), now=LATER)
    after = books.ride(km="10", at=datetime(2026, 3, 5, 1, tzinfo=UTC), now=LATER)

    assert [posting(key)["reduction_mg"] for key in (before, late, after)] == [467_000, 467_000, 400_000]
    told = explain_record(after)
    assert people["approver"].name in str(told)
    assert "2.0.0" in str(told)
    assert audit_books().problems == []


def test_who_keeps_a_scheme_for_long_gets_a_new_one_when_something_came_into_force(people: Any) -> None:
    from tanhui.flows.scheme import current_scheme, open_scheme
    from tanhui.steps.quantify.adopted import installed_library

    scheme = open_scheme(library=installed_library(), secret=b"k" * 32, now=NOW)
    assert current_scheme(scheme, now=NOW) is scheme

    approve(people, enter(people, "methodology", metro()).id)
    assert current_scheme(scheme, now=NOW) is scheme
    apply_due()

    renewed = current_scheme(scheme, now=LATER)
    assert renewed.library.named("metro-shenzhen").version == "2.0.0"
    assert current_scheme(renewed, now=LATER) is renewed


def test_the_effect_on_what_is_booked_is_shown_and_nothing_is_booked(people: Any) -> None:
    books = new_books()
    books.rides([{"km": "10"}, {"km": "5"}])
    balance = books.balance()

    shown = enter(people, "methodology", metro()).content

    assert shown.subject == "metro-shenzhen@2.0.0"
    assert shown.effective_at == datetime(2026, 3, 4, 16, tzinfo=UTC)
    total = shown.effect["records"]["total"]
    assert total["after_mg"] * 467 == total["before_mg"] * 400
    assert total["before_mg"] >= 700_500
    grams = {(row["before_g"], row["after_g"]) for row in shown.diff["coefficients"]}
    assert ("46.7", "40") in grams
    assert {"item": "version", "before": "1.0.0", "after": "2.0.0"} in shown.diff["items"]
    assert books.balance() == balance


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": "1.0.0"}, "version_not_newer"),
        ({"day": "2026-02-28"}, "methodology_retroactive"),
        ({"day": "2009-01-01"}, "begins_before_newest"),
    ],
)
def test_a_methodology_that_would_reach_back_is_refused(people: Any, change: dict[str, str], code: str) -> None:
    refused(code, people, "methodology", metro(**change))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("reduction_mg: 40000}", "reduction_mg: 40001}", "case_figure"),
        ("  - {name: 100", "  # - {name: 100", "document_schema"),
        ("methodology: metro-shenzhen", "methodology: metro-wuhan", "cases_too_few"),
    ],
)
def test_its_cases_are_run(people: Any, old: str, new: str, code: str) -> None:
    payload = metro()
    assert old in payload["cases"]

    refused(code, people, "methodology", payload | {"cases": payload["cases"].replace(old, new)})


def test_a_document_not_in_order_is_refused_with_its_line(people: Any) -> None:
    payload = metro()
    payload["document"] = payload["document"].replace("unit: gCO2e/(passenger*km)", "unit: km")

    problem = refused("term_unit", people, "methodology", payload)
    assert "methodology.yaml" in problem.text.en


def test_a_second_version_adopted_in_between_makes_the_first_refused_when_due(people: Any) -> None:
    from tanhui.flows.apply_due import apply_due as apply

    first, second = (
        enter(people, "methodology", metro("2.0.0")),
        enter(people, "methodology", metro("3.0.0", per_km="30")),
    )
    approve(people, second.id)
    approve(people, first.id)
    done = apply(gwp_set="ar5", now=LATER)

    assert [(each.id, each.stage) for each in done] == [(first.id, "applied"), (second.id, "applied")]
    assert coefficient(date(2026, 3, 5)) == 30_000_000


def test_factors_hold_from_their_day_and_the_past_stays(people: Any) -> None:
    day = date(2026, 3, 5)
    entered = enter(people, "factor", factor(), effective_on=day)
    (change,) = entered.content.diff["factors"]
    assert [value["value"] for value in change["after"] if value["valid_from"] == "2026-03-05"] == ["30"]
    (affected,) = entered.content.diff["methodologies"]
    assert affected["methodology"].startswith("metro-shenzhen@")
    assert [(row["before_g"], row["after_g"]) for row in affected["coefficients"]] == [("46.7", "30")]

    approve(people, entered.id)
    (applied,) = apply_due()

    assert (applied.stage, applied.outcome["factors"]) == ("applied", ["transport.reduction.metro"])
    assert [coefficient(date(2026, 3, n)) for n in (4, 5)] == [46_700_000, 30_000_000]


@pytest.mark.parametrize(
    ("payload", "effective_on", "code"),
    [
        (factor(past="50"), date(2026, 3, 5), "factor_retroactive"),
        (factor(), date(2026, 3, 6), "factor_retroactive"),
        (factor(), date(2026, 2, 1), "factor_retroactive"),
        (
            {"document": factor()["document"].replace("gCO2e/(passenger*km)", "kgCO2e/(passenger*km)")},
            None,
            "factor_unit",
        ),
    ],
)
def test_factors_that_would_change_the_past_are_refused(
    people: Any, payload: Any, effective_on: Any, code: str
) -> None:
    refused(code, people, "factor", payload, effective_on=effective_on)


def test_a_factor_that_leaves_a_methodology_without_a_value_is_refused(people: Any) -> None:
    document = yaml.safe_load(factor()["document"])
    document["factors"][0]["values"].pop()

    refused("factor_missing", people, "factor", {"document": yaml.safe_dump(document)}, effective_on=date(2026, 3, 5))


def test_an_approved_correction_is_booked_once_in_the_name_of_its_author(people: Any) -> None:
    from tanhui.support.ledger.selectors import posting

    books = new_books()
    key = books.ride(km="10")
    entered = enter(people, "correction", {"record": str(key), "replace": {"distance_km": "9"}})
    assert entered.content.effect["credited_mg"] == [467_000, 420_300]
    assert entered.content.diff["fields"] == [{"field": "distance_km", "unit": "km", "before": "10", "after": "9"}]
    assert books.balance().reduction_mg == 467_000

    approve(people, entered.id)
    (applied,) = apply_due(NOW)

    assert (applied.stage, books.balance().reduction_mg) == ("applied", 420_300)
    assert posting(key)["reversal_reason"] == "published"
    assert apply_due() == []


def test_a_correction_of_what_was_corrected_in_between_is_refused_and_says_so(people: Any) -> None:
    books = new_books()
    key = books.ride(km="10")
    entered = enter(people, "correction", {"record": str(key), "replace": None})
    approve(people, entered.id)
    books.correct(key, km="9")

    (tried,) = apply_due(NOW)

    assert (tried.stage, tried.outcome["refused"]) == ("refused", "already_corrected")
    assert books.balance().reduction_mg == 420_300
    refused("already_corrected", people, "correction", {"record": str(key), "replace": None})


def test_a_correction_of_no_record_is_refused(people: Any) -> None:
    unknown = "00000000-0000-0000-0000-000000000000"

    refused("record_unknown", people, "correction", {"record": unknown, "replace": None})
