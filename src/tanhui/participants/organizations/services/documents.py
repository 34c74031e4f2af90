"""Documents handed in and reviewed. Files are sealed and kept in the database: one backup, one transaction, one set of rights."""

from datetime import datetime

from tanhui.core.text import Text
from tanhui.participants.organizations.media import LARGEST, media_type
from tanhui.participants.organizations.models import Document, DocumentPart, DocumentReview, Organization
from tanhui.participants.organizations.pieces import digest_of, pieces
from tanhui.participants.organizations.roles import DOCUMENTS
from tanhui.participants.organizations.selectors import document
from tanhui.participants.organizations.types import OrganizationRefused, Paper
from tanhui.support.security.access.types import Actor
from tanhui.support.security.keys.services import seal_many
from tanhui.support.security.keys.types import PLATFORM

FIELD = "participants_document_part.content"


def add_document(organization: int, paper: Paper, *, by: Actor, now: datetime) -> int:
    """The number of the document, its file sealed.

    Raises `OrganizationRefused`: `document_kind`, `document_incomplete`, `document_days`, `document_empty`, `document_too_large`,
    `document_media`.
    """
    found = _checked(paper)
    row = Document.objects.create(
        organization_id=organization, kind=paper.kind, number=paper.number.strip(), issuer=paper.issuer.strip(),
        valid_from=paper.valid_from, valid_until=paper.valid_until, file_name=paper.file_name[-200:], media_type=found,
        size=len(paper.content), digest=digest_of(paper.content), by=by.reference, at=now,
    )  # fmt: skip
    blobs = seal_many([(PLATFORM, FIELD, piece) for piece in pieces(paper.content)])
    DocumentPart.objects.bulk_create(
        DocumentPart(document_id=row.pk, place=place, content=blob) for place, blob in enumerate(blobs)
    )
    return row.pk


def review_document(number: int, *, accepted: bool, reason: str, by: Actor, now: datetime) -> int:
    """Keeps what was found of a document; the number of its organization.

    Raises `OrganizationRefused`: `document_unknown`, `document_reviewed`, `own_document`, `reason_missing`.
    """
    organization, _ = document(number)
    Organization.objects.select_for_update().get(pk=organization)  # of two reviewers one comes first
    _, view = document(number)
    if view.accepted is not None:
        text = Text(
            "文件 {n} 已审核；请提交新的文件。", "The document {n} was reviewed before; hand in a new one."
        ).format(n=number)
        raise OrganizationRefused("document_reviewed", text, field="document")
    if view.by == by.reference:
        text = Text("不得审核自己提交的文件。", "Nobody reviews a document of their own.")
        raise OrganizationRefused("own_document", text, field="document")
    if not accepted and not reason.strip():
        text = Text("退回文件须说明理由。", "To return a document, say why.")
        raise OrganizationRefused("reason_missing", text, field="reason")
    DocumentReview.objects.create(document_id=number, accepted=accepted, reason=reason.strip(), by=by.reference, at=now)
    return organization


def _checked(paper: Paper) -> str:
    if paper.kind not in DOCUMENTS:
        text = Text("文件类别应为 {k} 之一。", "The kind of the document is one of {k}.").format(k=", ".join(DOCUMENTS))
        raise OrganizationRefused("document_kind", text, field="kind")
    if not paper.number.strip() or not paper.issuer.strip():
        text = Text("请填写文件编号和签发机关。", "Give the document's number and who issued it.")
        raise OrganizationRefused("document_incomplete", text, field="number")
    if paper.valid_until is not None and paper.valid_until <= paper.valid_from:
        text = Text("有效期止须晚于有效期起。", "A document is valid until a day after it begins.")
        raise OrganizationRefused("document_days", text, field="valid_until")
    if not paper.content:
        raise OrganizationRefused("document_empty", Text("文件为空。", "The file is empty."), field="file")
    if len(paper.content) > LARGEST:
        text = Text("文件超过 {m} MB。", "The file is larger than {m} MB.").format(m=LARGEST // 1024 // 1024)
        raise OrganizationRefused("document_too_large", text, field="file")
    found = media_type(paper.content)
    if found is None:
        text = Text("文件内容不是 PDF、PNG、JPEG 或 OFD。", "What is in the file is no PDF, PNG, JPEG or OFD.")
        raise OrganizationRefused("document_media", text, field="file")
    return found
