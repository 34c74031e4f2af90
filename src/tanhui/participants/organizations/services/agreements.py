"""Agreements entered and signed by both sides: a version once entered stays as it is, and a later one follows it."""

from datetime import datetime
from typing import get_args

from tanhui.core.regions import fallback
from tanhui.core.text import Text
from tanhui.participants.organizations.models import Agreement, Document, Organization, Signature
from tanhui.participants.organizations.roles import AGREEMENT, PARTNER
from tanhui.participants.organizations.selectors import agreements
from tanhui.participants.organizations.types import (
    BY_PARTNER,
    BY_PLATFORM,
    AgreementView,
    OrganizationRefused,
    Side,
    Terms,
)
from tanhui.support.security.access.types import Actor
from tanhui.support.security.keys.services import seal
from tanhui.support.security.keys.types import PLATFORM

MOST_PERMILLE = 1000


def enter_agreement(organization: int, terms: Terms, *, document: int, by: Actor, now: datetime) -> int:
    """The version number of a new agreement with these terms, whose text is that document.

    Raises `OrganizationRefused`: `scope_missing`, `term_days`, `consent_unknown`, `level_out_of_bounds`, `not_an_agreement`;
    `Refusal` for an unknown region.
    """
    row = Organization.objects.select_for_update().get(pk=organization)
    _check(terms, partner=row.role == PARTNER)
    if not Document.objects.filter(pk=document, organization_id=organization, kind=AGREEMENT).exists():
        text = Text("文件 {n} 不是该机构的协议文本。", "The document {n} is no agreement of that organization.").format(
            n=document
        )
        raise OrganizationRefused("not_an_agreement", text, field="document")
    version = len(agreements(organization)) + 1
    Agreement.objects.create(
        organization_id=organization, version=version, behaviors=sorted(set(terms.behaviors)), fields=sorted(set(terms.fields)),
        regions=sorted(set(terms.regions)), consent=terms.consent, term_from=terms.term_from, term_until=terms.term_until,
        delay_p95_s=terms.delay_p95_s, refused_permille=terms.refused_permille, corrected_permille=terms.corrected_permille,
        document_id=document, by=by.reference, at=now,
    )  # fmt: skip
    return version


def sign_agreement(
    organization: int, version: int, *, side: Side, signer: str, digest: str, signed_at: datetime, by: Actor, now: datetime
) -> bool:  # fmt: skip
    """Keeps a side's signature under the text of that digest; whether both sides have signed now.

    Raises `OrganizationRefused`: `agreement_unknown`, `signed_already`, `other_text`, `signed_in_the_future`, `signer_missing`,
    `own_agreement`.
    """
    Organization.objects.select_for_update().get(pk=organization)
    view = _version(organization, version)
    if side in view.signed:
        raise OrganizationRefused("signed_already", Text("该方已签署此版本。", "That side has signed this version."))
    if digest != view.digest:
        text = Text(
            "所签文本与录入的协议不一致（SHA-256 不同）。",
            "Another text was signed than the one entered: the SHA-256 differs.",
        )
        raise OrganizationRefused("other_text", text, field="digest")
    if signed_at > now:
        raise OrganizationRefused("signed_in_the_future", Text("签署时间晚于现在。", "It was signed in the future."))
    if not signer.strip():
        raise OrganizationRefused("signer_missing", Text("请填写签署人。", "Say who signed."), field="signer")
    if side == "operator" and view.by == by.reference:
        text = Text("录入协议的人不得代表运营方签署。", "Who entered an agreement does not sign it for the operator.")
        raise OrganizationRefused("own_agreement", text)
    Signature.objects.create(
        agreement_id=view.id, side=side, signer=seal(PLATFORM, "participants_signature.signer", signer.strip()), digest=digest,
        signed_at=signed_at, by=by.reference, at=now,
    )  # fmt: skip
    return len(view.signed) + 1 == len(get_args(Side))


def _version(organization: int, version: int) -> AgreementView:
    for view in agreements(organization):
        if view.version == version:
            return view
    text = Text("没有第 {v} 版协议。", "There is no version {v} of the agreement.").format(v=version)
    raise OrganizationRefused("agreement_unknown", text, field="version")


def _check(terms: Terms, *, partner: bool) -> None:
    if partner and not (terms.behaviors and terms.fields and terms.regions):
        text = Text(
            "合作方协议须写明行为、数据字段和地区。", "A partner's agreement names behaviors, data fields and regions."
        )
        raise OrganizationRefused("scope_missing", text, field="behaviors")
    if terms.term_until is not None and terms.term_until <= terms.term_from:
        text = Text("协议终止日须晚于生效日。", "An agreement ends on a day after it begins.")
        raise OrganizationRefused("term_days", text, field="term_until")
    if terms.consent not in {BY_PARTNER, BY_PLATFORM}:
        text = Text("同意由 platform 或 partner 取得。", "Consent is obtained by platform or by partner.")
        raise OrganizationRefused("consent_unknown", text, field="consent")
    rates = [rate for rate in (terms.refused_permille, terms.corrected_permille) if rate is not None]
    if any(not 0 <= rate <= MOST_PERMILLE for rate in rates) or (terms.delay_p95_s or 0) < 0:
        text = Text(
            "服务水平：比率为 0 至 1000‰，时延不为负。",
            "Service levels: rates are 0 to 1000 ‰, a delay is not negative.",
        )
        raise OrganizationRefused("level_out_of_bounds", text, field="levels")
    for region in terms.regions:
        fallback(region)
