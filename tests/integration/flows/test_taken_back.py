"""A cancellation that comes in a later file takes back what is booked, once; what it names must be certain."""

from pathlib import Path
from typing import Any

import pytest
from tests.batches import NOW, Desk, postings_of, unbalanced, whole
from tests.deliveries import TINY, bring, counts, put

WECHAT = TINY["bill-wechat"][1]().replace("共2笔记录", "共1笔记录")
PAID = "\n".join(line for line in WECHAT.split("\n") if "转账" not in line)
REFUNDED = PAID.replace("支付成功", "已全额退款")
INVOICE = TINY["einvoice-ubl"][1]().partition("?>")[2]
REFERENCE = """<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>INV-1</cbc:ID></cac:InvoiceDocumentReference>
  </cac:BillingReference>"""
NOTE = (
    INVOICE.replace("<Invoice", "<CreditNote")
    .replace("</Invoice", "</CreditNote")
    .replace(":Invoice-2", ":CreditNote-2")
    .replace("<cbc:ID>INV-1</cbc:ID>", "<cbc:ID>CN-7</cbc:ID>")
    .replace("<cac:AccountingSupplierParty>", f"{REFERENCE}<cac:AccountingSupplierParty>")
)
CHARGING = """
schema: tanhui/feed/1
name: sessions
title: {zh: 充电, en: charging}
ignore:
  - name: corrected
    when: {column: kind, is: correction}
    reason: cancelled
    takes_back: {record: [of], leaves: {energy_kwh: {column: wh, unit: Wh}}}
    why: {zh: 更正, en: a correction}
person: {columns: [user]}
record: {columns: [id]}
occurred_at: {columns: [at], formats: ["%Y-%m-%d %H:%M"]}
region: {constant: CN}
evidence: meter
behavior: {constant: 22}
fields:
  energy_kwh: {column: wh, unit: Wh}
"""
SESSION = "session,S-1,,anna,2025-05-01 08:00,10000"


def wechat(desk: Desk, folder: Path, text: str) -> Any:
    return bring(desk, put(folder, text, "bill.csv"), "bill-wechat")


def ubl(desk: Desk, folder: Path, *documents: str) -> Any:
    return bring(desk, put(folder, f"<all>{''.join(documents)}</all>", "invoices.xml"), "einvoice-ubl")


def send_again(desk: Desk, folder: Path, person: str | None = None) -> Any:
    """The rows kept, sent again as they are."""
    from tanhui.flows.resubmit_rows import resubmit_rows
    from tanhui.steps.collect.mapping import mapping_named
    from tanhui.steps.collect.sheet import write_sheet

    write_sheet(kept(desk), folder / "kept.csv", language="zh")
    return resubmit_rows(
        folder / "kept.csv", find_mapping=mapping_named, scheme=desk.scheme, now=lambda: NOW, person=person
    )


def kept(desk: Desk) -> list[dict[str, Any]]:
    from tanhui.steps.collect.selectors import QuarantineFilter, quarantined

    return quarantined(QuarantineFilter(partner_id=desk.terms.id))


def credited_mg(desk: Desk) -> int:
    return sum(posting["credited_mg"] for posting in postings_of(desk.terms.id))


def test_a_payment_that_a_later_export_calls_refunded_is_taken_back_once(desk: Desk, tmp_path: Path) -> None:
    assert counts(wechat(desk, tmp_path, PAID)) == (1, 1, 0, 0, 0)
    booked = credited_mg(desk)

    later = wechat(desk, tmp_path, REFUNDED)

    assert counts(later) == (1, 1, 0, 0, 0)
    assert (later.taken_back, later.taken_back_mg, later.booked) == (1, booked, 0)
    assert [posting["kind"] for posting in postings_of(desk.terms.id)] == [1, 2]
    before = whole(without=["collect_feed_run", "audit_event"])
    assert counts(wechat(desk, tmp_path, REFUNDED)) == (1, 0, 1, 0, 0)
    assert counts(wechat(desk, tmp_path, PAID)) == (1, 0, 1, 0, 0)
    assert whole(without=["collect_feed_run", "audit_event"]) == before
    assert (credited_mg(desk), unbalanced(), kept(desk)) == (0, [], [])


def test_a_payment_refunded_before_it_was_ever_booked_is_cancelled_and_can_be_sent_again(
    desk: Desk, tmp_path: Path
) -> None:
    first = wechat(desk, tmp_path, REFUNDED)
    assert (counts(first), dict(first.refused_by_reason)) == ((1, 0, 0, 0, 1), {"cancelled": 1})
    wechat(desk, tmp_path, PAID)  # an older export, brought in after the newer one

    again = send_again(desk, tmp_path, person="测试")  # as the lines before the header say

    assert counts(again) == (1, 1, 0, 0, 0)
    assert (credited_mg(desk), kept(desk)) == (0, [])


def test_a_dry_run_takes_nothing_back(desk: Desk, tmp_path: Path) -> None:
    wechat(desk, tmp_path, PAID)
    before = whole()

    report = bring(desk, put(tmp_path, REFUNDED, "bill.csv"), "bill-wechat", dry_run=True)

    assert (report.taken_back, whole() == before) == (1, True)


def test_a_credit_note_takes_back_its_invoice_from_an_earlier_file(desk: Desk, tmp_path: Path) -> None:
    ubl(desk, tmp_path, INVOICE)

    assert counts(ubl(desk, tmp_path, NOTE)) == (1, 1, 0, 0, 0)
    assert counts(ubl(desk, tmp_path, NOTE)) == (1, 0, 1, 0, 0)
    assert credited_mg(desk) == 0


@pytest.mark.parametrize("documents", [(INVOICE, NOTE), (NOTE, INVOICE)])
def test_one_file_may_hold_both_in_any_order(desk: Desk, tmp_path: Path, documents: tuple[str, str]) -> None:
    assert counts(ubl(desk, tmp_path, *documents)) == (2, 2, 0, 0, 0)
    assert counts(ubl(desk, tmp_path, *documents)) == (2, 0, 2, 0, 0)
    assert credited_mg(desk) == 0


def test_a_credit_note_that_comes_first_is_kept_until_its_invoice_has_come(desk: Desk, tmp_path: Path) -> None:
    assert dict(ubl(desk, tmp_path, NOTE).refused_by_reason) == {"original_missing": 1}
    assert "seller-INV-1" in kept(desk)[0]["detail_en"]
    assert counts(send_again(desk, tmp_path)) == (1, 0, 0, 0, 1)  # too early: it is kept anew
    ubl(desk, tmp_path, INVOICE)

    assert counts(send_again(desk, tmp_path)) == (1, 1, 0, 0, 0)
    assert (credited_mg(desk), kept(desk)) == (0, [])


def test_nobody_takes_back_what_is_anothers(desk: Desk, tmp_path: Path) -> None:
    ubl(desk, tmp_path, INVOICE)
    booked = postings_of(desk.terms.id)

    report = ubl(desk, tmp_path, NOTE.replace(">buyer<", ">another<"))

    assert (counts(report), dict(report.refused_by_reason)) == ((1, 0, 0, 0, 1), {"original_of_another": 1})
    assert postings_of(desk.terms.id) == booked
    assert counts(ubl(Desk.open(desk.scheme), tmp_path, NOTE)) == (1, 0, 0, 0, 1)  # nor another partner


def test_a_refund_that_names_no_order_is_not_guessed_across_files(desk: Desk, tmp_path: Path) -> None:
    head, *rows = TINY["bill-meituan"][1]().split("共：3笔记录\n")[1].splitlines()
    files = ["\n".join(["美团用户名：[anna]", head, row]) + "\n" for row in (rows[1], rows[2])]
    bring(desk, put(tmp_path, files[0], "a.csv"), "bill-meituan")
    booked = postings_of(desk.terms.id)

    report = bring(desk, put(tmp_path, files[1], "b.csv"), "bill-meituan")

    assert (len(booked), dict(report.refused_by_reason)) == (1, {"original_uncertain": 1})
    assert postings_of(desk.terms.id) == booked
    assert "tanhui correct" in kept(desk)[0]["detail_en"]
    assert "tanhui correct" in kept(desk)[0]["detail_zh"]


def sessions(desk: Desk, folder: Path, *rows: str) -> Any:
    from tanhui.steps.collect.mapping import load_mapping

    path = folder / "sessions.yaml"
    path.write_text(CHARGING, encoding="utf-8")
    text = "\n".join(["kind,id,of,user,at,wh", *rows]) + "\n"
    return bring(desk, put(folder, text, "sessions.csv"), load_mapping(path))


def correction(wh: str) -> str:
    return f"correction,,S-1,anna,2025-05-02 08:00,{wh}"


def standing_wh(desk: Desk) -> list[int]:
    """What stands of the session: its records less those taken back."""
    taken = {posting["quantity_1"] for posting in postings_of(desk.terms.id) if posting["kind"] == 2}
    return [p["quantity_1"] for p in postings_of(desk.terms.id) if p["kind"] != 2 and p["quantity_1"] not in taken]


def test_what_is_left_of_a_record_replaces_it_and_an_older_word_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    assert dict(sessions(desk, tmp_path, SESSION).refused_by_reason) == {}
    ends = []
    for wh in ("4000", "4000", "2500", "4000", "10000", "9000", "x", "", "-1", "0", "0", "4000"):
        report = sessions(desk, tmp_path, correction(wh))
        ends.append([*report.refused_by_reason, *(name for name, many in report.rows.items() if many)][0])
        assert report.read == sum(report.rows.values()) == 1

    assert ends == [
        "accepted", "duplicate", "accepted", "duplicate", "duplicate", "conflict", "not_a_number", "missing_field",
        "out_of_bounds", "accepted", "duplicate", "duplicate",
    ]  # fmt: skip
    assert standing_wh(desk) == []
    assert (credited_mg(desk), unbalanced()) == (0, [])


def test_the_correction_is_in_the_books_with_its_reason_and_its_run(desk: Desk, tmp_path: Path) -> None:
    from tests.batches import query

    sessions(desk, tmp_path, SESSION, correction("4000"))

    (reversal,) = query(
        "SELECT r.reason, r.actor FROM ledger_reversal AS r JOIN ledger_posting AS p ON p.key = r.reverses WHERE p.partner_id = %s",
        [desk.terms.id],
    )  # fmt: skip
    assert reversal["reason"] == "sessions: corrected"
    assert reversal["actor"].startswith("run ")
    assert standing_wh(desk) == [4000]
