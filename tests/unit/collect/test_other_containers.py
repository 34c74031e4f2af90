"""The same rows from a spreadsheet, JSON, lines of JSON, Parquet and UBL as from CSV."""

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from tests.collecting import GOOD, HEADER, PLAIN, mapping, read, write

from tanhui.core.refusal import Refusal

ROWS = [("1", "anna", "2024-05-01 08:00", "2500.5", "20"), ("2", "bob", "2024-05-01 09:00", "far", "20")]
SECONDS = PLAIN.replace('"%Y-%m-%d %H:%M"', '"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"')


def check(result, rows=(2, 3)):
    assert result.column("row") == [rows[0]]
    assert result.column("steps:distance_km") == [2500]
    assert result.column("subject") == ["anna"]
    assert result.reasons == [(rows[1], "not_a_number")]


def workbook(path: Path, *, preamble: int = 0, dates: bool = False) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("about").write(0, 0, "nothing here")
        sheet = book.add_worksheet("rides")
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for number in range(preamble):
            sheet.write(number, 0, f"line {number}")
        for row, cells in enumerate([tuple(HEADER.split(",")), *ROWS], preamble):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        if dates:
            sheet.write_datetime(preamble + 1, 2, datetime(2024, 5, 1, 8), stamp)  # noqa: DTZ001
            sheet.write_number(preamble + 1, 3, 2500.5)
    return path


def test_a_spreadsheet_is_read_from_the_sheet_that_has_the_columns(tmp_path):
    check(read(workbook(tmp_path / "rides.xlsx"), mapping(tmp_path)))
    check(read(workbook(tmp_path / "later.xlsx", preamble=3), mapping(tmp_path)), rows=(5, 6))


def test_dates_and_numbers_of_a_spreadsheet_are_read_as_stored(tmp_path):
    check(read(workbook(tmp_path / "rides.xlsx", dates=True), mapping(tmp_path, SECONDS)))


def test_an_array_of_objects_is_read_wherever_it_stands(tmp_path):
    items = [dict(zip(HEADER.split(","), row, strict=True)) for row in ROWS]
    items[0]["m"] = 2500.5  # a number, as written
    for content in (items, {"code": 0, "data": items}):
        check(read(write(tmp_path, json.dumps(content), "rides.json"), mapping(tmp_path)), rows=(1, 2))
    nested = PLAIN.replace("person:", "file: {records: data.items}\nperson:")
    text = json.dumps({"data": {"items": items}})
    check(read(write(tmp_path, text, "rides.json"), mapping(tmp_path, nested)), rows=(1, 2))


def test_nested_objects_are_columns_with_dots(tmp_path):
    text = PLAIN.replace("{columns: [user]}", "{columns: [rider.id]}")
    item = {"id": 1, "rider": {"id": "anna"}, "at": "2024-05-01 08:00", "m": 2500.5, "minutes": 20}
    assert read(write(tmp_path, json.dumps([item]), "r.json"), mapping(tmp_path, text)).column("subject") == ["anna"]


def test_a_line_that_is_no_json_is_bad_by_itself(tmp_path):
    items = [json.dumps(dict(zip(HEADER.split(","), row, strict=True))) for row in ROWS]
    text = "\n".join([items[0], "{broken", "", items[1], "7"]) + "\n"
    result = read(write(tmp_path, text, "rides.ndjson"), mapping(tmp_path))
    assert result.column("row") == [1]
    assert result.reasons == [(2, "unreadable_row"), (4, "not_a_number"), (5, "unreadable_row")]


def test_items_of_an_array_that_are_no_objects_are_bad_by_themselves(tmp_path):
    good = dict(zip(HEADER.split(","), ROWS[0], strict=True))
    result = read(write(tmp_path, json.dumps([good, 7, None]), "r.json"), mapping(tmp_path))
    assert (result.column("row"), result.reasons) == ([1], [(2, "unreadable_row"), (3, "unreadable_row")])


def test_a_number_of_json_is_not_made_a_float(tmp_path):
    text = '[{"id": 12345678901234567890, "user": "a", "at": "2024-05-01 08:00", "m": 1000.9999999999999999, "minutes": 20}]'
    result = read(write(tmp_path, text, "rides.json"), mapping(tmp_path))
    assert result.column("record_id") == ["12345678901234567890"]
    assert result.column("steps:distance_km") == [1000]


def test_parquet_is_read(tmp_path):
    path = tmp_path / "rides.parquet"
    pl.DataFrame(ROWS, schema=HEADER.split(","), orient="row").write_parquet(path)
    check(read(path, mapping(tmp_path)), rows=(1, 2))


@pytest.mark.parametrize("content", ["", "\n\n", "<a/>", "{}", "[]", "{", "PAR1", GOOD])
def test_what_is_no_such_file_is_refused(tmp_path, content):
    with pytest.raises(Refusal):
        read(write(tmp_path, content), mapping(tmp_path))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(Refusal, match="cannot be opened"):
        read(tmp_path / "none.csv", mapping(tmp_path))


INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<{kind} xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>I-1</cbc:ID><cbc:IssueDate>2024-05-01</cbc:IssueDate>
<cac:AccountingSupplierParty><cac:Party><cbc:EndpointID>S</cbc:EndpointID></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cbc:EndpointID>B</cbc:EndpointID></cac:Party></cac:AccountingCustomerParty>
<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">{amount}</cbc:PayableAmount></cac:LegalMonetaryTotal>
</{kind}>"""


def test_an_electronic_invoice_is_a_record_and_its_reversal_is_none(tmp_path):
    invoice = read(write(tmp_path, INVOICE.format(kind="Invoice", amount="1656.25"), "i.xml"), "einvoice-ubl")
    assert (invoice.column("record_id"), invoice.column("subject"), invoice.column("behavior")) == (
        ["S-I-1"],
        ["B"],
        [35],
    )
    for kind, amount in (("CreditNote", "1656.25"), ("Invoice", "-1656.25")):
        result = read(write(tmp_path, INVOICE.format(kind=kind, amount=amount), "i.xml"), "einvoice-ubl")
        assert result.reasons == [(1, "original_uncertain")]
        assert result.taking_back.is_empty()


REFERENCE = (
    "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{}</cbc:ID>"
    "</cac:InvoiceDocumentReference></cac:BillingReference>"
)


@pytest.mark.parametrize(
    ("named", "reason", "taken"),
    [(["I-0"], "original_missing", ["S-I-0"]), (["I-0", "I-9"], "original_uncertain", [])],
)
def test_a_credit_note_takes_back_the_one_invoice_that_it_names(tmp_path, named, reason, taken):
    references = "".join(REFERENCE.format(name) for name in named)
    text = INVOICE.format(kind="CreditNote", amount="9").replace("<cac:AccountingS", references + "<cac:AccountingS", 1)
    result = read(write(tmp_path, text, "i.xml"), "einvoice-ubl")
    assert result.reasons == [(1, reason)]
    assert result.taking_back["record_id"].to_list() == taken


def test_a_document_that_defines_entities_is_refused(tmp_path):
    text = '<!DOCTYPE a [<!ENTITY x "y">]>' + INVOICE.format(kind="Invoice", amount="1").partition("?>")[2]
    with pytest.raises(Refusal, match="UBL"):
        read(write(tmp_path, text, "i.xml"), "einvoice-ubl")
