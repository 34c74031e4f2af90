"""UBL 2.1 electronic invoices and credit notes (Peppol BIS among them) as a table: one document is one row."""

from collections.abc import Sequence
from typing import IO
from xml.etree import ElementTree as ET

import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.collect.table import ROW, Chunk, Table, columns_missing

LARGEST_BYTES = 64 << 20
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_PATHS = {
    "id": f"{_CBC}ID",
    "issue_date": f"{_CBC}IssueDate",
    "type": f"{_CBC}InvoiceTypeCode",
    "currency": f"{_CBC}DocumentCurrencyCode",
    "buyer_reference": f"{_CBC}BuyerReference",
    "corrects": f"{_CAC}BillingReference/{_CAC}InvoiceDocumentReference/{_CBC}ID",
    "buyer": f"{_CAC}AccountingCustomerParty/{_CAC}Party/{_CBC}EndpointID",
    "supplier": f"{_CAC}AccountingSupplierParty/{_CAC}Party/{_CBC}EndpointID",
    "payable": f"{_CAC}LegalMonetaryTotal/{_CBC}PayableAmount",
}
COLUMNS = ("document", *_PATHS)


def open_ubl(stream: IO[bytes], *, required: Sequence[str]) -> Table:
    """The document, or every document inside an enclosing element; `document` is Invoice or CreditNote.

    Raises `Refusal` when it is not XML, defines entities (which a document of this kind never does), or is no invoice.
    """
    if not set(required) <= set(COLUMNS):
        raise columns_missing(COLUMNS, required)
    data = stream.read(LARGEST_BYTES + 1)
    text = Text(
        "不是可读取的 UBL 电子发票；其他 XML 或网页请先另存为 CSV 或 XLSX。",
        "Not an electronic invoice in UBL that can be read; save other XML or a web page as CSV or XLSX first.",
    )
    if len(data) > LARGEST_BYTES or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refusal("file_unreadable", text, field="file")
    try:
        root = ET.fromstring(data)  # noqa: S314 - no document type definition, by the line above
    except ET.ParseError as problem:
        raise Refusal("file_unreadable", text, field="file") from problem
    found = [element for element in (root, *root) if _kind(element) in {"Invoice", "CreditNote"}]
    if not found:
        raise Refusal("file_unreadable", text, field="file")
    rows = [[_kind(element), *(_text(element, path) for path in _PATHS.values())] for element in found]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    frame = frame.with_columns(pl.int_range(1, len(rows) + 1, dtype=pl.Int64).alias(ROW))
    return Table(COLUMNS, "", iter([Chunk(frame)]))


def _text(element: ET.Element, path: str) -> str | None:
    """The text there; None when there is none, or several invoices are named where one is meant."""
    found = element.findall(path)
    return found[0].text if found and (len(found) == 1 or path != _PATHS["corrects"]) else None


def _kind(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
