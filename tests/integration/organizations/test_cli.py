"""`tanhui organizations` and `tanhui tickets` as an operator uses them."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.batches import whole
from tests.integration.cli.conftest import tanhui
from tests.onboarding import CREDIT_CODE, PDF, live_partner
from tests.staffing import add_staff

__all__ = ["tanhui"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "licence.pdf"
    path.write_bytes(PDF)
    return path


@pytest.fixture
def people() -> None:
    add_staff("ops.li", "operations")
    add_staff("rev.wu", "reviewer")
    add_staff("app.he", "approver")


def done(answer: Any) -> Any:
    assert answer.code == 0, answer.err
    return json.loads(answer.out) if answer.out.startswith(("{", "[")) else answer.out


def test_from_the_application_to_live(tanhui, file, people, tmp_path):
    run = "organizations"
    given = ("--name", "Bikes", "--role", "partner", "--credit-code", CREDIT_CODE)
    contact = ("--contact", "technical", "Zhang San", "13800000000", "z@example.org")
    assert done(tanhui(run, "apply", "bikes", *given, *contact, "--json"))["code"] == "bikes"
    paper = ("--kind", "business_licence", "--number", "N1", "--issuer", "SAMR", "--valid-from", "2020-01-01")
    number = done(tanhui(run, "document", "bikes", file, *paper, "--as", "ops.li", "--json"))["document"]
    assert (
        tanhui(run, "review", number, "--accept", "--json").json["refused"] == "forbidden"
    )  # the platform finds nothing right
    assert done(tanhui(run, "review", number, "--accept", "--as", "rev.wu", "--json"))["state"] == "qualified"
    scope = ("--behavior", 17, "--field", "distance_km", "--region", "440300", "--number", "A1", "--from", "2026-01-01")
    version = done(tanhui(run, "agree", "bikes", file, *scope, "--as", "ops.li", "--json"))["version"]
    signing = ("--signer", "Li Si", "--on", "2026-02-01")
    assert (
        done(
            tanhui(run, "sign", "bikes", version, file, "--side", "organization", *signing, "--as", "ops.li", "--json")
        )["state"]
        == "qualified"
    )
    assert (
        done(tanhui(run, "sign", "bikes", version, file, "--side", "operator", *signing, "--as", "app.he", "--json"))[
            "state"
        ]
        == "agreed"
    )
    assert tanhui(run, "live", "bikes").code == 1
    done(tanhui(run, "sandbox", "bikes"))
    report = tmp_path / "report.json"
    report.write_text('{"sends": true}')
    assert (
        done(tanhui(run, "conformance", "bikes", "--passed", "--suite", "1", "--report", report, "--json"))["state"]
        == "conformant"
    )
    done(tanhui(run, "live", "bikes"))

    shown = done(tanhui(run, "show", "bikes", "--json"))
    assert (shown["state"], shown["missing"], shown["agreements"][0]["signed"]) == (
        "live",
        [],
        ["organization", "operator"],
    )
    assert [step["to_state"] for step in shown["steps"]] == [
        "applied",
        "qualified",
        "agreed",
        "sandbox",
        "conformant",
        "live",
    ]
    assert [view["code"] for view in done(tanhui(run, "list", "--state", "live", "--json"))] == ["bikes"]
    assert "Bikes" in tanhui(run, "show", "bikes").out
    assert "Bikes" in tanhui(run, "list").out
    out = tmp_path / "out.pdf"
    done(tanhui(run, "file", number, out))
    assert out.read_bytes() == PDF


def test_suspended_and_ended(tanhui):
    code = live_partner().code
    done(tanhui("organizations", "suspend", code, "--reason", "inspection"))
    assert done(tanhui("organizations", "show", code, "--json"))["state_reason"] == "inspection"
    done(tanhui("organizations", "end", code, "--reason", "over"))
    before = whole()
    assert "step_out_of_order" in tanhui("organizations", "live", code).err
    assert whole() == before


def test_due_tells_what_it_did(tanhui):
    from datetime import date

    code = live_partner(until=date(2026, 3, 5)).code
    assert done(tanhui("organizations", "due", "--json")) == {
        "reminded": [[code, "business_licence", 4]],
        "suspended": [],
        "resumed": [],
    }
    assert done(tanhui("organizations", "due")) == ""


def test_levels(tanhui):
    code = live_partner(refused_permille=10).code
    found = done(tanhui("organizations", "levels", code, "--from", "2026-02-01", "--to", "2026-03-01", "--json"))
    assert (found["partner"], found["since"], found["until"], found["delivered"]["records"]) == (
        code,
        "2026-02-01",
        "2026-03-01",
        0,
    )
    assert found["promises"][1] == {"name": "refused_permille", "promised": 10, "measured": None, "kept": None}
    assert code in tanhui("organizations", "levels", code).out


def test_tickets(tanhui):
    code = live_partner().code
    opened = (
        "open",
        code,
        "Rows refused",
        "Row 7",
        "--kind",
        "data",
        "--priority",
        "urgent",
        "--about",
        "run",
        "12",
        "--json",
    )
    number = done(tanhui("tickets", *opened))["ticket"]
    assert done(tanhui("tickets", "list", "--overdue", "--json")) == []
    assert [view["subject"] for view in done(tanhui("tickets", "list", "--organization", code, "--json"))] == [
        "Rows refused"
    ]
    assert "Rows refused" in tanhui("tickets", "list").out
    assert done(tanhui("tickets", "escalate", "--json")) == {"escalated": []}
    done(tanhui("tickets", "reply", number, "and row 8"))
    done(tanhui("tickets", "resolve", number, "corrected"))
    done(tanhui("tickets", "close", number, "thanks"))
    shown = done(tanhui("tickets", "show", number, "--json"))
    assert (shown["state"], shown["about"], shown["reference"]) == ("closed", "run", "12")
    assert [message["text"] for message in shown["messages"]] == ["Row 7", "and row 8", "corrected", "thanks"]
    assert "corrected" in tanhui("tickets", "show", number).out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("organizations", "show", "nobody", "--json"), "organization_unknown"), (("organizations", "levels", "nobody", "--json"), "partner_unknown"),
        (("organizations", "review", "0", "--accept", "--as", "nobody", "--json"), "staff_unknown"), (("tickets", "show", "0", "--json"), "ticket_unknown"),
        (("tickets", "open", "nobody", "a", "b", "--json"), "organization_unknown"),
    ],
)  # fmt: skip
def test_refused_in_words(tanhui, arguments, code):
    before = whole()
    answer = tanhui(*arguments)
    assert (answer.code, answer.json["refused"]) == (1, code)
    assert whole() == before
