"""Qualifications watched: a reminder once per threshold, suspension when one runs out, and the way back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from tanhui.participants.organizations.days import scheme_day
from tanhui.participants.organizations.limits import THRESHOLDS
from tanhui.participants.organizations.models import Organization
from tanhui.participants.organizations.selectors import agreement_in_force, missing_documents
from tanhui.participants.organizations.services.onboarding import step, step_refusal
from tanhui.participants.organizations.types import Due
from tanhui.support.security.access.types import Actor

# Of each kind that is required, the accepted document that lasts longest; told once per threshold, the tightest that it has
# come under.
_REMIND = """
WITH lasting AS (
    SELECT DISTINCT ON (o.id, d.kind) d.id, o.code, d.kind, d.valid_until - %(today)s::date AS days
    FROM participants_organization AS o JOIN participants_document AS d ON d.organization_id = o.id
    JOIN participants_document_review AS r ON r.document_id = d.id AND r.accepted
    WHERE o.state <> 'ended' AND d.kind = ANY (participants_required_documents(o.role, o.kind))
    ORDER BY o.id, d.kind, d.valid_until DESC NULLS FIRST, d.id DESC
), due AS (
    SELECT l.*, (SELECT min(t) FROM unnest(%(thresholds)s::smallint[]) AS t WHERE t >= l.days) AS threshold
    FROM lasting AS l WHERE l.days > 0
), told AS (
    INSERT INTO participants_reminder (document_id, days, at)
    SELECT d.id, d.threshold, %(now)s FROM due AS d
    WHERE d.threshold IS NOT NULL
      AND NOT EXISTS (SELECT FROM participants_reminder AS r WHERE r.document_id = d.id AND r.days <= d.threshold)
    ON CONFLICT DO NOTHING RETURNING document_id
)
SELECT d.code, d.kind, d.days FROM due AS d JOIN told ON told.document_id = d.id ORDER BY d.days, d.code, d.kind
"""


def review_qualifications(*, by: Actor, now: datetime, thresholds: Sequence[int] = THRESHOLDS) -> Due:
    """Reminds, suspends what is live without its papers or agreement, and brings back who has them again. Twice is as once."""
    with connection.cursor() as cursor:
        cursor.execute(_REMIND, {"today": scheme_day(now), "thresholds": list(thresholds), "now": now})
        reminded = tuple((code, kind, int(days)) for code, kind, days in cursor.fetchall())
    suspended, resumed = [], []
    for number, code in Organization.objects.filter(state="live").order_by("pk").values_list("pk", "code"):
        cause = _lacking(number, now=now)
        if cause and step_refusal(number, "suspended", now=now) is None:
            step(number, "suspended", by=by, cause=cause, now=now)
            suspended.append((code, cause))
    rows = Organization.objects.filter(state="suspended", state_cause__in=["qualification", "agreement"]).order_by("pk")
    for number, code in rows.values_list("pk", "code"):
        if bring_back(number, by=by, now=now):
            resumed.append(code)
    return Due(reminded, tuple(suspended), tuple(resumed))


def bring_back(organization: int, *, by: Actor, now: datetime) -> bool:
    """Lets an organization that was suspended for its papers or agreement go on, when they are in order; whether it does."""
    row = Organization.objects.select_for_update().get(pk=organization)
    if row.state != "suspended" or row.state_cause == "operator" or step_refusal(organization, "live", now=now):
        return False
    step(organization, "live", by=by, now=now)
    return True


def _lacking(organization: int, *, now: datetime) -> str:
    today = scheme_day(now)
    if missing_documents(organization, on=today):
        return "qualification"
    return "" if agreement_in_force(organization, on=today) else "agreement"
