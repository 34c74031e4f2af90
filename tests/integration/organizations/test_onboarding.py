"""An organization's way from its application to its end, by role; what is out of order is refused and changes nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.batches import NOW, query, whole
from tests.onboarding import Newcomer, approver, live_partner, operations, paper, reviewer, staff, terms

from tanhui.core.refusal import Refusal
from tanhui.flows import onboard_organization as onboard
from tanhui.participants.organizations.selectors import (
    agreements,
    contacts,
    document_content,
    documents,
    partner_terms,
    steps,
)
from tanhui.participants.organizations.types import Applicant

LATER = NOW + timedelta(hours=1)


def refused_unchanged(act: Any) -> str:
    """The code of the refusal; nothing in the database has changed."""
    before = whole()
    with pytest.raises(Refusal) as refused:
        act()
    assert whole() == before
    assert refused.value.text.zh
    assert refused.value.text.en
    return refused.value.code


@pytest.mark.parametrize(
    ("role", "kind", "region", "papers", "way"),
    [
        ("partner", "", "", ["business_licence"], "applied qualified agreed sandbox conformant live"),
        ("redeemer", "commercial", "", ["business_licence"], "applied qualified agreed sandbox conformant live"),
        ("redeemer", "charity", "", ["charity_registration"], "applied qualified agreed sandbox conformant live"),
        ("redeemer", "financial", "", ["business_licence", "financial_licence"], "applied qualified agreed sandbox conformant live"),
        ("payment", "", "", ["business_licence", "payment_licence"], "applied qualified agreed sandbox conformant live"),
        ("circulation", "", "", ["business_licence"], "applied qualified agreed sandbox conformant live"),
        ("authority", "", "440300", ["authority_certificate"], "applied qualified agreed live"),
        ("enterprise", "", "", ["business_licence"], "applied qualified agreed live"),
        ("operator", "", "", ["business_licence"], "applied qualified agreed live"),
    ],
)  # fmt: skip
def test_each_role_goes_its_way(role, kind, region, papers, way):
    newcomer = Newcomer.applies(role, kind=kind, region=region)
    for number, document in enumerate(papers, start=1):
        newcomer.shows(document)
        assert newcomer.state == ("qualified" if number == len(papers) else "applied")
    newcomer.agrees()
    if "sandbox" in way:
        newcomer.passes()
    newcomer.goes_live()

    taken = steps(newcomer.id)
    assert [step.to_state for step in taken] == way.split()
    assert [step.from_state for step in taken] == ["", *way.split()[:-1]]
    assert {step.by for step in taken} <= {"staff:1", "staff:2", "staff:3"}


def test_a_partner_is_known_to_the_ledger_from_the_sandbox_on():
    partner = Newcomer.applies()
    partner.shows()
    partner.agrees(term_from=date(2026, 2, 1), term_until=date(2027, 2, 1), consent="platform")
    assert partner_terms(partner.code) is None

    onboard.enter_sandbox(operations(), partner.code, now=NOW)

    found = partner_terms(partner.code)
    assert found is not None
    assert (found.agreement_from, found.agreement_until) == (date(2026, 2, 1), date(2027, 2, 1))
    assert (found.organization, found.state, found.consent) == (partner.id, "sandbox", "platform")
    assert (found.scope.behaviors, found.scope.fields, found.scope.regions) == ({16}, {"steps"}, {"CN"})


def test_a_file_partner_that_is_onboarded_keeps_its_number():
    from tanhui.flows.admit_partner import admit_partner

    file = admit_partner("by-file", now=NOW)
    partner = Newcomer.applies(code="by-file")
    assert admit_partner("by-file", now=NOW) == file
    partner.shows()
    partner.agrees()
    partner.passes()

    found = partner_terms("by-file")
    assert found is not None
    assert (found.id, found.organization) == (file.id, partner.id)


def test_an_organization_on_its_way_is_no_file_partner():
    from tanhui.flows.admit_partner import admit_partner

    partner = Newcomer.applies()
    assert refused_unchanged(lambda: admit_partner(partner.code, now=NOW)) == "partner_not_ready"


STATES = ["applied", "qualified", "agreed", "sandbox", "conformant", "live", "suspended", "ended"]
ALLOWED = {
    ("applied", "qualified"), ("qualified", "agreed"), ("agreed", "sandbox"), ("sandbox", "conformant"), ("conformant", "live"),
    ("live", "suspended"), ("suspended", "live"), *((state, "ended") for state in STATES[:-1]),
}  # fmt: skip


def partner_in(state: str) -> Newcomer:
    """A partner in that state with all it needs for any other: only the order may forbid a step."""
    partner = Newcomer.applies()
    if state == "applied":
        return partner
    partner.shows()
    if state == "qualified":
        return partner
    partner.agrees()
    if state == "agreed":
        return partner
    partner.passes(passed=state != "sandbox")
    if state in {"live", "suspended", "ended"}:
        partner.goes_live()
    if state == "suspended":
        onboard.suspend(operations(), partner.code, reason="test", now=NOW)
    if state == "ended":
        onboard.end(operations(), partner.code, reason="test", now=NOW)
    assert partner.state == state
    return partner


@pytest.mark.parametrize("state", STATES)
def test_no_step_out_of_order(state):
    from tanhui.participants.organizations.services.onboarding import step, step_refusal

    partner = partner_in(state)
    for wanted in STATES:
        if (state, wanted) in ALLOWED:
            assert step_refusal(partner.id, wanted, now=NOW) != "step_out_of_order"
        else:
            assert (
                refused_unchanged(lambda to=wanted: step(partner.id, to, by=operations(), now=NOW))
                == "step_out_of_order"
            )


@pytest.mark.parametrize("state", STATES)
def test_raw_sql_as_the_application_skips_no_state(state):
    from django.db import DatabaseError, connection, transaction

    partner = partner_in(state)
    for wanted in STATES:
        if (state, wanted) in ALLOWED or wanted == state:
            continue
        with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE participants_organization SET state = %s, state_cause = %s WHERE id = %s",
                [wanted, "operator" if wanted == "suspended" else "", partner.id],
            )
        assert error.value.__cause__.sqlstate == "TH010"
        assert partner.state == state


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("UPDATE participants_organization SET state = 'qualified' WHERE id = %s", "TH010"),
        ("UPDATE participants_organization SET state_by = 'staff:9' WHERE id = %s", "TH010"),
        ("UPDATE participants_organization SET role = 'authority' WHERE id = %s", "42501"),
        ("DELETE FROM participants_organization WHERE id = %s", "42501"),
        (("INSERT INTO participants_organization_step (organization_id, from_state, to_state, at, by, cause, reason) "
         "VALUES (%s, 'applied', 'live', now(), 'me', '', '')"), "42501"),
        (("INSERT INTO participants_organization (code, name, role, kind, region, credit_code, state, state_at, state_by, state_cause, "
         "state_reason, created_at) SELECT 'x', 'x', role, '', '', '', 'live', now(), 'me', '', '', now() FROM participants_organization "
         "WHERE id = %s"), "TH010"),
        ("UPDATE participants_organization_step SET by = 'me' WHERE organization_id = %s", "42501"),
        ("UPDATE participants_document SET valid_until = '2099-01-01' WHERE organization_id = %s", "42501"),
        ("DELETE FROM participants_document WHERE organization_id = %s", "42501"),
        (("INSERT INTO participants_document_review (document_id, accepted, reason, by, at) "
         "SELECT id, true, '', by, now() FROM participants_document WHERE organization_id = %s"), "TH011"),
        (("INSERT INTO participants_partner (code, name, kind, organization_id, agreement_from, created_at) "
         "VALUES ('other', 'x', 'onboarded', %s, '2020-01-01', now())"), "TH013"),
        (("INSERT INTO participants_partner (code, name, kind, organization_id, agreement_from, created_at) "
         "VALUES ('other', 'x', 'file', %s, '2020-01-01', now())"), "TH013"),
    ],
)  # fmt: skip
def test_the_database_refuses_the_application(statement, state):
    from django.db import DatabaseError, connection, transaction

    partner = Newcomer.applies()
    partner.hands_in()
    before = whole()
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [partner.id])
    assert error.value.__cause__.sqlstate == state
    assert whole() == before


def test_live_needs_a_passed_run_of_this_time_in_the_sandbox():
    partner = Newcomer.applies()
    partner.shows()
    partner.agrees()
    assert partner.passes(passed=False) == "sandbox"
    assert refused_unchanged(lambda: onboard.go_live(operations(), partner.code, now=NOW)) == "step_out_of_order"
    assert partner.passes(passed=True, now=LATER) == "conformant"
    onboard.go_live(operations(), partner.code, now=LATER)
    assert partner.state == "live"


def test_no_conformance_run_before_the_sandbox():
    partner = Newcomer.applies()
    run = {"passed": True, "suite": "1", "checks": {}, "now": NOW}
    assert refused_unchanged(lambda: onboard.record_conformance(operations(), partner.code, **run)) == "not_in_sandbox"


def test_a_returned_document_does_not_qualify_and_another_does():
    partner = Newcomer.applies()
    first = partner.hands_in()
    assert (
        refused_unchanged(lambda: onboard.review_document(reviewer(), first, accepted=False, now=NOW))
        == "reason_missing"
    )
    assert onboard.review_document(reviewer(), first, accepted=False, reason="blurred", now=NOW) == "applied"
    assert (
        refused_unchanged(lambda: onboard.review_document(reviewer(), first, accepted=True, now=NOW))
        == "document_reviewed"
    )
    partner.shows()
    assert partner.state == "qualified"
    assert [(view.accepted, view.reason) for view in documents(partner.id)] == [(False, "blurred"), (True, "")]


def test_an_expired_document_does_not_qualify():
    partner = Newcomer.applies()
    partner.shows(until=date(2026, 3, 1))
    assert partner.state == "applied"
    partner.shows(until=date(2026, 3, 2))
    assert partner.state == "qualified"


def test_nobody_reviews_their_own_document():
    both = staff(1, "operations", "reviewer")
    partner = Newcomer.applies()
    number = partner.hands_in()
    assert refused_unchanged(lambda: onboard.review_document(both, number, accepted=True, now=NOW)) == "own_document"


def test_who_entered_an_agreement_does_not_sign_it_for_the_operator():
    both = staff(1, "operations", "approver")
    partner = Newcomer.applies()
    partner.shows()
    onboard.enter_agreement(operations(), partner.code, terms(), paper("agreement"), now=NOW)
    digest = agreements(partner.id)[0].digest
    assert refused_unchanged(lambda: partner.signs(1, "operator", both, digest=digest)) == "own_agreement"
    assert refused_unchanged(lambda: partner.signs(1, "operator", approver(), digest="0" * 64)) == "other_text"
    assert refused_unchanged(lambda: partner.signs(2, "operator", approver(), digest=digest)) == "agreement_unknown"
    assert partner.signs(1, "operator", approver(), digest=digest) == "qualified"
    assert refused_unchanged(lambda: partner.signs(1, "operator", approver(), digest=digest)) == "signed_already"
    assert partner.signs(1, "organization", operations(), digest=digest) == "agreed"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"behaviors": ()}, "scope_missing"), ({"fields": ()}, "scope_missing"), ({"regions": ()}, "scope_missing"),
        ({"term_until": date(2026, 1, 1)}, "term_days"), ({"consent": "nobody"}, "consent_unknown"), ({"regions": ("XX",)}, "region_unknown"),
        ({"refused_permille": 1001}, "level_out_of_bounds"), ({"delay_p95_s": -1}, "level_out_of_bounds"),
    ],
)  # fmt: skip
def test_an_agreement_that_is_none(changed, code):
    partner = Newcomer.applies()
    text = paper("agreement")
    entered = terms(**changed)
    assert (
        refused_unchanged(lambda: onboard.enter_agreement(operations(), partner.code, entered, text, now=NOW)) == code
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "passport"}, "document_kind"), ({"content": b""}, "document_empty"), ({"content": b"MZ\x90"}, "document_media"),
        ({"content": b"PK\x03\x04 no archive"}, "document_media"), ({"number": " "}, "document_incomplete"),
        ({"until": date(2020, 1, 1)}, "document_days"), ({"content": b"%PDF-" + bytes(10 * 1024 * 1024)}, "document_too_large"),
    ],
)  # fmt: skip
def test_a_document_that_is_none(changed, code):
    partner = Newcomer.applies()
    assert refused_unchanged(lambda: partner.hands_in(**changed)) == code


def test_a_file_comes_back_as_it_was_and_stands_nowhere_in_the_clear():
    content = b"%PDF-1.7 " + b"Zhang San, legal representative " * 5000
    partner = Newcomer.applies()
    number = partner.hands_in(content=content)

    assert document_content(number) == content
    view = documents(partner.id)[0]
    assert (view.size, view.media_type) == (len(content), "application/pdf")
    parts = query("SELECT content FROM participants_document_part WHERE document_id = %s", [number])
    assert len(parts) == 4
    assert not any(b"Zhang" in bytes(part["content"]) for part in parts)


def test_contacts_are_sealed_and_read_again():
    partner = Newcomer.applies()
    assert [(contact.duty, contact.name, contact.phone) for contact in contacts(partner.id)] == [
        ("technical", "Zhang San", "13800000000")
    ]
    (row,) = query("SELECT * FROM participants_contact WHERE organization_id = %s", [partner.id])
    assert b"Zhang" not in bytes(row["name"])
    assert b"138" not in bytes(row["phone"])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"code": "a b"}, "partner_code"), ({"name": " "}, "name_missing"), ({"role": "friend"}, "role_unknown"), ({"kind": "charity"}, "kind_mismatch"),
        ({"role": "redeemer"}, "kind_mismatch"), ({"role": "authority"}, "region_mismatch"), ({"region": "440300"}, "region_mismatch"),
        ({"role": "authority", "region": "XX"}, "region_unknown"), ({"credit_code": "91350100M000100Y44"}, "credit_code_invalid"),
        ({"credit_code": "913501"}, "credit_code_invalid"), ({"code": "taken"}, "organization_taken"),
    ],
)  # fmt: skip
def test_an_application_that_is_none(changed, code):
    Newcomer.applies(code="taken")
    given = {"code": "new", "name": "New", "role": "partner", "credit_code": "91350100M000100Y43"} | changed
    assert refused_unchanged(lambda: onboard.apply(operations(), Applicant(**given), [], now=NOW)) == code


@pytest.mark.parametrize(
    ("act", "permission"),
    [
        (lambda p, who: onboard.apply(who, Applicant("x", "x", "partner"), [], now=NOW), "operator:organization:enter"),
        (lambda p, who: onboard.hand_in_document(who, p.code, paper(), now=NOW), "operator:organization:enter"),
        (lambda p, who: onboard.review_document(who, 1, accepted=True, now=NOW), "operator:qualification:review"),
        (lambda p, who: onboard.enter_agreement(who, p.code, terms(), paper("agreement"), now=NOW), "operator:agreement:enter"),
        (lambda p, who: p.signs(1, "operator", who, digest=""), "operator:agreement:approve"),
        (lambda p, who: p.signs(1, "organization", who, digest=""), "operator:agreement:enter"),
        (lambda p, who: onboard.enter_sandbox(who, p.code, now=NOW), "operator:organization:enter"),
        (lambda p, who: onboard.record_conformance(who, p.code, passed=True, suite="", checks={}, now=NOW), "operator:conformance:record"),
        (lambda p, who: onboard.go_live(who, p.code, now=NOW), "operator:organization:suspend"),
        (lambda p, who: onboard.suspend(who, p.code, reason="", now=NOW), "operator:organization:suspend"),
        (lambda p, who: onboard.end(who, p.code, reason="", now=NOW), "operator:organization:end"),
    ],
)  # fmt: skip
def test_without_the_permission_nothing_happens(act, permission):
    partner = live_partner()
    before = whole()
    for who in (staff(9, "analyst"), staff(9, "partner_admin", organization=partner.id + 1)):
        with pytest.raises(Refusal) as refused:
            act(partner, who)
        assert (refused.value.code, refused.value.permission) == ("forbidden", permission)
    assert whole() == before


def test_a_partner_signs_and_hands_in_for_itself():
    partner = Newcomer.applies()
    partner.shows()
    onboard.enter_agreement(operations(), partner.code, terms(), paper("agreement"), now=NOW)
    admin = staff(7, "partner_admin", organization=partner.id)
    onboard.hand_in_document(admin, partner.code, paper("other"), now=NOW)
    partner.signs(1, "organization", admin, digest=agreements(partner.id)[0].digest)
    assert agreements(partner.id)[0].signed == ("organization",)


def test_the_trail_says_who_did_it():
    partner = live_partner()
    onboard.suspend(staff(5, "operations"), partner.code, reason="inspection", now=LATER)
    rows = query(
        "SELECT actor FROM audit_event WHERE table_name = 'participants_organization' AND operation = 'update' ORDER BY id DESC LIMIT 1"
    )
    assert [row["actor"] for row in rows] == ["staff:5"]
