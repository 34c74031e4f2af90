"""Who is who among organizations: the terms that partners send under, their papers, agreements and way."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date

from django.db import connection

from tanhui.core.text import Text
from tanhui.participants.organizations.models import (
    Agreement,
    ConformanceRun,
    Contact,
    Document,
    DocumentPart,
    Organization,
    Partner,
    Step,
)
from tanhui.participants.organizations.pieces import joined
from tanhui.participants.organizations.types import (
    AgreementView,
    ContactPerson,
    DocumentView,
    OrganizationRefused,
    OrganizationView,
    PartnerTerms,
    Scope,
    StepView,
    Terms,
)
from tanhui.support.security.keys.services import unseal_many
from tanhui.support.security.keys.types import PLATFORM

_TERMS = """
SELECT p.id, p.code, coalesce(a.since, p.agreement_from), CASE WHEN o.id IS NULL THEN p.agreement_until ELSE a.term_until END,
       coalesce(a.consent, p.consent), o.id, coalesce(o.state, 'live'), a.behaviors, a.fields, a.regions
FROM participants_partner AS p LEFT JOIN participants_organization AS o ON o.id = p.organization_id
LEFT JOIN LATERAL (
    SELECT g.*, min(g.term_from) OVER () AS since FROM participants_agreement AS g
    WHERE g.organization_id = o.id AND (SELECT count(*) FROM participants_signature AS s WHERE s.agreement_id = g.id) = 2
    ORDER BY g.term_from <= coalesce(%(on)s::date, 'infinity') DESC, g.version DESC LIMIT 1
) AS a ON true
WHERE p.code = %(code)s OR p.id = ANY(%(numbers)s)
"""


def partner_terms(code: str, *, on: date | None = None) -> PartnerTerms | None:
    """The partner of that code with its agreement, or None.

    Of several versions signed by both sides the latest that has begun by that day counts; without a day, the latest at all.
    """
    return next(iter(_terms(code=code, numbers=[], on=on).values()), None)


def terms_of_partners(numbers: Iterable[int], *, on: date | None = None) -> dict[int, PartnerTerms]:
    """The terms of these partners by their numbers, as `partner_terms`, in one read."""
    return _terms(code="", numbers=list(numbers), on=on)


def _terms(*, code: str, numbers: list[int], on: date | None) -> dict[int, PartnerTerms]:
    with connection.cursor() as cursor:
        cursor.execute(_TERMS, {"code": code, "numbers": numbers, "on": on})
        rows = cursor.fetchall()
    found = {}
    for number, its_code, since, until, consent, organization, state, *limits in rows:
        scope = Scope() if organization is None else Scope(*(frozenset(limit) for limit in limits))
        found[number] = PartnerTerms(number, its_code, since, until, consent, organization, state, scope)
    return found


def partner_codes() -> dict[int, str]:
    """The code of every partner by its number."""
    return dict(Partner.objects.values_list("id", "code"))


def partner_of(organization: int) -> int | None:
    """The number by which the ledger knows that organization, or None."""
    return Partner.objects.filter(organization_id=organization).values_list("id", flat=True).first()


def state_now(organization: int) -> str:
    """Where an organization stands at this moment, in one small read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM participants_organization WHERE id = %s", [organization])
        return str(cursor.fetchone()[0])


_ORGANIZATION = [field.name for field in fields(OrganizationView)]


def organizations(*, role: str | None = None, state: str | None = None) -> list[OrganizationView]:
    """The organizations of that role and state, all when they are not given, by number."""
    given = {name: value for name, value in (("role", role), ("state", state)) if value}
    return [
        OrganizationView(*row)
        for row in Organization.objects.filter(**given).order_by("pk").values_list(*_ORGANIZATION)
    ]


def organization(code: str) -> OrganizationView:
    """The organization of that code. Raises `OrganizationRefused` (`organization_unknown`)."""
    row = Organization.objects.filter(code=code).values_list(*_ORGANIZATION).first()
    if row is None:
        text = Text("没有代码为“{c}”的机构。", "There is no organization “{c}”.").format(c=code)
        raise OrganizationRefused("organization_unknown", text, field="organization")
    return OrganizationView(*row)


def steps(organization_id: int) -> list[StepView]:
    """The way of an organization so far."""
    rows = Step.objects.filter(organization_id=organization_id).order_by("pk")
    return [StepView(*row) for row in rows.values_list("from_state", "to_state", "at", "by", "cause", "reason")]


def contacts(organization_id: int) -> list[ContactPerson]:
    """Whom to reach there, the latest of each duty. Unseals: ask outside of a transaction."""
    latest = Contact.objects.filter(organization_id=organization_id).order_by("duty", "-since", "-pk").distinct("duty")
    rows = list(latest)
    items = [
        (PLATFORM, f"participants_contact.{name}", bytes(getattr(row, name)))
        for row in rows
        for name in ("name", "phone", "email")
    ]
    texts = iter(unseal_many(items))
    return [ContactPerson(row.duty, *(next(texts) or "" for _ in range(3))) for row in rows]


_DOCUMENT = [field.name for field in fields(DocumentView)][:-3]


def documents(organization_id: int) -> list[DocumentView]:
    """The documents of an organization and what was found of them, by number."""
    rows = Document.objects.filter(organization_id=organization_id).order_by("pk")
    return [
        DocumentView(*row) for row in rows.values_list(*_DOCUMENT, "review__accepted", "review__reason", "review__by")
    ]


def document(number: int) -> tuple[int, DocumentView]:
    """The document of that number, after the number of its organization. Raises `OrganizationRefused` (`document_unknown`)."""
    found = Document.objects.filter(pk=number).values_list("organization_id", flat=True).first()
    if found is None:
        text = Text("没有编号为 {n} 的文件。", "There is no document {n}.").format(n=number)
        raise OrganizationRefused("document_unknown", text, field="document")
    return found, next(view for view in documents(found) if view.id == number)


def document_content(number: int) -> bytes:
    """The file of a document, as it came: its hash was compared. Unseals: ask outside of a transaction."""
    _, view = document(number)
    parts = DocumentPart.objects.filter(document_id=number).order_by("place").values_list("content", flat=True)
    texts = unseal_many([(PLATFORM, "participants_document_part.content", bytes(part)) for part in parts])
    return joined([text or "" for text in texts], digest=view.digest)


def agreements(organization_id: int) -> list[AgreementView]:
    """The versions of the agreement with an organization, by version."""
    rows = Agreement.objects.filter(organization_id=organization_id).order_by("version").select_related("document")
    return [
        AgreementView(
            row.pk, row.version,
            Terms(
                tuple(row.behaviors), tuple(row.fields), tuple(row.regions), row.consent, row.term_from, row.term_until,
                row.delay_p95_s, row.refused_permille, row.corrected_permille,
            ),
            row.document.digest, row.by, tuple(row.signatures.order_by("pk").values_list("side", flat=True)),
        )
        for row in rows
    ]  # fmt: skip


def agreement_in_force(organization_id: int, *, on: date) -> AgreementView | None:
    """The version in force on that day, or None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT participants_agreement_on(%s, %s)", [organization_id, on])
        (number,) = cursor.fetchone()
    return next((view for view in agreements(organization_id) if view.id == number), None)


def missing_documents(organization_id: int, *, on: date) -> list[str]:
    """The kinds of documents that it has to show and that are not accepted and valid on that day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT participants_missing_documents(%s, %s)", [organization_id, on])
        return list(cursor.fetchone()[0])


def conformance_runs(organization_id: int) -> list[tuple[bool, str, str]]:
    """Each run of the conformance tests: whether it passed, of which suite, recorded by whom; the latest first."""
    rows = ConformanceRun.objects.filter(organization_id=organization_id).order_by("-pk")
    return list(rows.values_list("passed", "suite", "by"))
