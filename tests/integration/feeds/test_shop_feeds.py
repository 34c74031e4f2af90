"""Shops' feeds: lines of one invoice, cancellations, refunds, and no buyer."""

from tests.collecting import read, write

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def lines(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def test_the_lines_of_an_invoice_are_one_payment(tmp_path):
    text = lines(
        "536365,85123A,WHITE HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
        '536365,71053,"LANTERN, ""WHITE""",6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom',
        "536366,22632,HAND WARMER,6,2010-12-01 08:28:00,1.85,17850.0,United Kingdom",
        "536365,71053,again,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom",
    )
    result = read(write(tmp_path, text), "online-shop-invoices")
    assert result.column("record_id") == ["536365", "536366"]
    assert result.column("rows") == [3, 1]
    assert result.column("row") == [2, 4]
    assert result.column("subject") == ["17850", "17850"]
    assert result.column("steps:count") == [1, 1]


def test_a_cancellation_takes_back_the_latest_line_alike_and_a_whole_invoice_only_line_by_line(tmp_path):
    text = lines(
        "541431,23166,JAR,74215,2011-01-18 10:01:00,1.04,12346.0,United Kingdom",
        "541432,23166,JAR,5,2011-01-18 10:05:00,1.04,12346.0,United Kingdom",
        "541433,23166,JAR,5,2011-01-18 10:06:00,1.04,12346.0,United Kingdom",
        "541433,99999,LID,5,2011-01-18 10:06:00,1.04,12346.0,United Kingdom",
        "C541433,23166,JAR,-74215,2011-01-18 10:17:00,1.04,12346.0,United Kingdom",
        "C541434,23166,JAR,-5,2011-01-18 10:18:00,1.04,12346.0,United Kingdom",
        "C541435,23166,JAR,-2,2011-01-18 10:19:00,1.04,12346.0,United Kingdom",
        "C541436,23166,JAR,-5,2011-01-18 10:02:00,1.04,99999.0,United Kingdom",
    )
    result = read(write(tmp_path, text), "online-shop-invoices")
    assert result.column("record_id") == ["541432", "541433"]
    assert result.column("row") == [3, 5]
    uncertain = [(row, "original_uncertain") for row in (8, 9)]  # in part, and of nobody's line
    assert result.reasons == [(row, "cancelled") for row in (2, 4, 6, 7)] + uncertain
    assert '"InvoiceNo":"541431"' in result.refused.sort("row")["raw"][0]
    assert result.rows == 8


def test_lines_of_no_customer_and_adjustments_are_no_records(tmp_path):
    text = lines(
        "536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom",
        "536544,21773,BOTTLE,1,2010-12-01 14:32:00,2.51,,United Kingdom",
        "A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,United Kingdom",
        "536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom",
    )
    result = read(write(tmp_path, text), "online-shop-invoices")
    assert [reason for _, reason in result.reasons] == [
        "not_an_activity", "person_missing", "not_an_activity", "not_an_activity",
    ]  # fmt: skip


ORDERS = """订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额
1,178.8,0.0,上海,2020-02-21 00:00:00,,0.0
2,21.0,21.0,内蒙古自治区,2020-02-20 23:59:54,2020-02-21 00:00:02,0.0
3,37.0,37.0,安徽省,2020-02-20 23:59:35,2020-02-21 00:00:02,37.0
4,37.0,37.0,新疆维吾尔自治区,2020-02-20 23:59:35,2020-02-21 00:00:02,12.5
5,37.0,37.0,火星,2020-02-20 23:59:35,2020-02-21 00:00:02,0.0
"""


def test_orders_unpaid_or_refunded_are_none_and_provinces_have_long_and_short_names(tmp_path):
    result = read(write(tmp_path, ORDERS), "shop-order-report", subject="anna")
    assert result.column("record_id") == ["20200221-2", "20200221-4"]
    assert result.column("region") == ["150000", "650000"]
    assert result.reasons == [(2, "not_an_activity"), (4, "cancelled"), (6, "unknown_region")]


def test_a_report_without_a_buyer_needs_one_to_be_named(tmp_path):
    result = read(write(tmp_path, ORDERS), "shop-order-report")
    assert [reason for _, reason in result.reasons].count("person_missing") == 4
    assert result.records.is_empty()
