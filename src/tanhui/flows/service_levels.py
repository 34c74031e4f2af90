"""The service levels of a partner in a period (6.2): measured from the books, beside what its agreement promises."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tanhui.core.outliers import WEEKS, Anomaly, anomalies
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.participants.organizations.days import ZONE, scheme_day
from tanhui.participants.organizations.selectors import agreement_in_force, partner_terms
from tanhui.participants.organizations.types import OrganizationRefused, Terms
from tanhui.steps.collect.measures import refused_by_reason
from tanhui.support.ledger.measures import Deliveries, daily_records, deliveries, first_booked
from tanhui.support.security.access.policies import may
from tanhui.support.security.access.types import Actor, Forbidden

PERMILLE = 1000
PROMISES = ("delay_p95_s", "refused_permille", "corrected_permille")


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: what, how much at the most, what was measured, and whether it was kept (None: nothing promised or measured)."""

    name: str
    promised: int | None
    measured: int | None
    kept: bool | None


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """How a partner delivered from `since` until before `until`; rates in thousandths, rounded up."""

    partner: str
    since: date
    until: date
    delivered: Deliveries
    refused: dict[str, int]
    promises: tuple[Promise, ...]
    anomalies: tuple[Anomaly, ...]


def service_levels(actor: Actor, code: str, *, since: date, until: date) -> ServiceLevels:
    """The service levels of that partner, and its promises by the agreement in force on the period's last day.

    Raises `Forbidden`; `OrganizationRefused` (`partner_unknown`); `Refusal` (`period_empty`).
    """
    terms = partner_terms(code)
    holder = terms.organization if terms else None
    if not may(actor, "operator:service_level:read") and not (
        holder is not None and may(actor, "partner:service_level:read", organization=holder)
    ):
        raise Forbidden("operator:service_level:read")
    if terms is None:
        text = Text("没有代码为“{c}”的合作方。", "There is no partner “{c}”.").format(c=code)
        raise OrganizationRefused("partner_unknown", text, field="partner")
    if until <= since:
        raise Refusal(
            "period_empty", Text("期间为空：止日须晚于起日。", "The period is empty: it ends after it begins.")
        )
    start, stop = _midnight(since), _midnight(until)
    delivered = deliveries(terms.id, since=start, until=stop)
    refused = refused_by_reason(terms.id, since=start, until=stop)
    agreement = None if holder is None else agreement_in_force(holder, on=until - timedelta(days=1))
    return ServiceLevels(
        code, since, until, delivered, refused, _promises(delivered, sum(refused.values()), agreement.terms if agreement else None),
        _anomalies(terms.id, since, until),
    )  # fmt: skip


def _promises(delivered: Deliveries, refused: int, terms: Terms | None) -> tuple[Promise, ...]:
    came = delivered.records + refused
    promised = (terms.delay_p95_s, terms.refused_permille, terms.corrected_permille) if terms else (None, None, None)
    measured = (delivered.delay_p95_s, _rate(refused, came), _rate(delivered.taken_back, delivered.records))
    return tuple(
        Promise(name, most, found, None if most is None or found is None else found <= most)
        for name, most, found in zip(PROMISES, promised, measured, strict=True)
    )


def _rate(part: int, whole: int) -> int | None:
    return None if not whole else -(-part * PERMILLE // whole)


def _anomalies(partner_id: int, since: date, until: date) -> tuple[Anomaly, ...]:
    first = first_booked(partner_id)
    if first is None:
        return ()
    volumes = daily_records(partner_id, since=_midnight(since - timedelta(weeks=WEEKS)), until=_midnight(until))
    return tuple(anomalies(volumes, first=scheme_day(first), since=since, until=until))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
