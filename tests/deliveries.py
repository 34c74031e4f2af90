"""Tiny files of every shipped mapping, and bringing them in."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.batches import NOW, Desk

RIDES_HEADER = "ID,BID,UID,ST,EX,EY,DS,DU"
UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>INV-1</cbc:ID><cbc:IssueDate>2025-11-13</cbc:IssueDate><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID="0088">seller</cbc:EndpointID></cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party><cbc:EndpointID schemeID="0002">buyer</cbc:EndpointID></cac:Party></cac:AccountingCustomerParty>
  <cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">99.50</cbc:PayableAmount></cac:LegalMonetaryTotal>
</Invoice>
"""


def rides(*rows: str) -> str:
    """Rides of shared bicycles: number, bicycle, user, start, place, metres, minutes."""
    return "\n".join([RIDES_HEADER, *rows]) + "\n"


def ride(
    number: int, user: str = "u1", *, day: int = 1, hour: int = 8, metres: str = "2000", minutes: str = "15"
) -> str:
    return f"{number},77,{user},2025/8/{day} {hour}:05,121.5,31.3,{metres},{minutes}"


def _half_hours() -> str:
    first = datetime(2025, 1, 1)  # noqa: DTZ001 - local time, as in the file
    rows = [
        f"c1,{first + timedelta(minutes=30 * n):%Y-%m-%d %H:%M:%S},{0.2 - 0.0001 * (n // 1440)}"
        for n in range(48 * 181)
    ]
    return "customer_id,reading_datetime,general_supply_kwh\n" + "\n".join(rows) + "\n"


def _registers() -> bytes:
    first = datetime(2025, 1, 1)  # noqa: DTZ001
    rows = [f"k1;{first + timedelta(hours=n):%d/%m/%Y %H:%M:%S};{68_321 + 10 * n};10" for n in range(24 * 181)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("swm.csv", "user key;datetime;meter reading;diff\n" + "\n".join(rows) + "\n")
    return packed.getvalue()


TINY: dict[str, tuple[str, Callable[[], str | bytes]]] = {
    "mobike-rides": ("rides.csv", lambda: rides(
        ride(1), ride(2, "u2"), ride(3, hour=9), ride(3, hour=9), ride(4, metres="1"), ride(5, metres="x"), ride(6, day=40),
    )),
    "shared-bike-orders": ("orders.csv", lambda: (
        "orderid,userid,bikeid,biketype,starttime,geohashed_start_loc,geohashed_end_loc\n"
        "1893973,451147,210617,2,2025-05-14 22:16:50,wx4snhx,wx4snhj\n4657992,1061133,465394,1,2025-05-14 22:16:52,wx4dr59,wx4dquz\n"
        "4657993,,465394,1,2025-05-14 22:16:52,wx4dr59,wx4dquz\n"
    )),
    "fitbit-daily-activity": ("steps.csv", lambda: (
        "Id,ActivityDate,TotalSteps,SedentaryMinutes\n1,4/12/2025,13162,728\n1,4/13/2025,0,1440\n2,13/4/2025,5,0\n2,4/14/2025,5,0\n"
    )),
    "transit-card-taps": ("taps.csv", lambda: (
        "card_no,deal_date,deal_type,deal_money,deal_value,equ_no,company_name,station,car_no,conn_mark,close_date\n"
        "A,2025-09-01 11:17:31,地铁入站,0,0,1,五号线,坂田,X,0,2025-09-01 00:00:00\n"
        "A,2025-09-01 11:47:31,地铁出站,380,400,2,五号线,太安,X,0,2025-09-01 00:00:00\n"
        "B,2025-09-01 11:47:31,巴士,200,200,3,巴士,M1,X,0,2025-09-01 00:00:00\n"
        "B,2025-09-01 11:47:31,巴士,200,200,3,巴士,M1,X,0,2025-09-01 00:00:00\n"
        "B,2025-09-01 12:47:31,轮渡,200,200,3,轮渡,M1,X,0,2025-09-01 00:00:00\n"
    )),
    "ev-charging-sessions": ("sessions.csv", lambda: (
        "session_id;user_id;plugin_time;plugout_time;energy_session\n"
        "1;a;2025-03-03 08:00:00;2025-03-03 10:00:00;12,5\n2;a;2025-03-03 09:00:00;2025-03-03 11:00:00;1,5\n"
        "3;b;2025-03-03 09:00:00;NA;NA\n4;b;2025-03-04 09:00:00;2025-03-04 08:00:00;3,0\n"
    )),
    "smart-meter-half-hourly": ("meter.csv", _half_hours),
    "water-meter-register": ("water.zip", _registers),
    "shower-meter-events": ("showers.csv", lambda: (
        "user.key;device.key;session.id;local.date.time;volume;temperature;energy;flow;duration;history;mobile.os\n"
        "u1;d1;446;30/01/2025 08:17:18;0.5;21;6;7.5;4;false;android\nu1;d1;445;30/01/2025 08:23:18;28.1;38;4;8.1;948;true;android\n"
        "u1;d1;9;05/12/2025 17:34:37;0;0;0;0;0;true;android\n"
    )),
    "toll-passages": ("gates.csv", lambda: (
        '"user_id","time","tollgate_id","direction","vehicle_model","has_etc","vehicle_type"\n'
        '"p1","2025-10-18 07:59:04","2","0","1","1","0"\n"","2025-10-18 07:59:31","2","0","1","1",""\n'
        '"p1","2025-10-18 07:59:04","2","0","1","1","0"\n"p2","2025-10-18 08:59:04","2","0","1","0","0"\n'
    )),
    "online-shop-invoices": ("shop.csv", lambda: (
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,WHITE HOLDER,6,2025-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
        '536365,71053,"LANTERN, ""WHITE""",6,2025-12-01 08:26:00,3.39,17850.0,United Kingdom\n'
        "536366,22632,HAND WARMER,6,2025-12-01 08:28:00,1.85,17850.0,United Kingdom\n"
        "C536367,22632,HAND WARMER,-6,2025-12-01 09:28:00,1.85,17850.0,United Kingdom\n"
        "536368,22632,HAND WARMER,6,2025-12-01 10:28:00,1.85,,United Kingdom\n"
    )),
    "shop-order-report": ("orders.csv", lambda: (
        "订单编号,总金额,买家实际支付金额,收货地址,订单创建时间,订单付款时间,退款金额,买家\n"
        "1,178.8,0,上海,2025-02-21 00:00:00,,0,m1\n2,21,21,内蒙古自治区,2025-02-20 23:59:54,2025-02-21 00:00:02,0,m1\n"
        "3,37,37,安徽省,2025-02-20 23:59:35,2025-02-20 23:59:59,37,m2\n4,37,37,火星,2025-02-20 23:59:35,2025-02-20 23:59:59,0,m2\n"
    )),
    "einvoice-ubl": ("invoice.xml", lambda: UBL),
    "bill-alipay": ("alipay.csv", lambda: (
        "支付宝账户：anna@example.com\n共2笔记录\n"
        "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,\n"
        "2025-02-12 21:32:14 ,日用百货,x4***6,/,商品示例,支出,49.74,余额,交易成功,2023xx\t,T1\t,,\n"
        "2025-02-04 18:21:04 ,退款,x,/,退款-亲情卡,不计收支,16.03,银行,退款成功,2023xx\t,T1\t,,\n"
    ).encode("gb18030")),
    "bill-alipay-web": ("alipay-web.csv", lambda: (
        "支付宝交易记录明细查询\n账号:[anna@example.com]\n"
        "交易号 ,商家订单号 ,交易创建时间 ,付款时间 ,类型 ,交易对方 ,商品名称 ,金额（元） ,收/支 ,交易状态 ,成功退款（元） ,资金状态 ,\n"
        "20201\t,T1,2025-01-31 12:00:01 ,2025-01-31 12:00:02 ,即时到账交易 ,店 ,外卖 ,25.50 ,支出 ,交易成功 ,0.00 ,已支出 ,\n"
        "20202\t,T2,2025-01-30 12:00:01 ,2025-01-30 12:00:02 ,支付宝担保交易 ,店 ,袜子 ,19.90 ,支出 ,交易关闭 ,19.90 , ,\n"
        "20203\t,,2025-01-29 09:00:01 ,2025-01-29 09:00:02 ,即时到账交易 ,李四 ,转账 ,100.00 ,支出 ,交易成功 ,0.00 ,已支出 ,\n"
        "--------------------\n共3笔记录\n已收入:0笔,0.00元\n导出时间:[2025-02-01 10:00:00]    用户:测试\n"
    ).encode("gb18030")),
    "bill-wechat": ("wechat.csv", lambda: (
        "\ufeff微信支付账单明细,,,,,,,,,,\n微信昵称：[测试],,,,,,,,,,\n共2笔记录,,,,,,,,,,\n"
        "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n"
        "2025-05-01 12:30:00,扫二维码付款,兰州拉面馆,/,支出,¥28.16,零钱,支付成功,1001\t,2001\t,/\n"
        "2025-05-02 12:30:00,转账,朋友,/,支出,¥100.00,零钱,支付成功,1002\t,2002\t,/\n"
    )),
    "bill-jd": ("jd.csv", lambda: (
        "京东账号名：jd_anna\n共：2笔记录\n"
        "交易时间,商户名称,交易说明,金额,收/付款方式,交易状态,收/支,交易分类,交易订单号,商家订单号,备注\n"
        "2025-05-01 12:30:00\t,京东,书,30.00,卡,交易成功,支出,图书,1\t,1\t,\n"
        "2025-05-02 12:30:00\t,京东,书,30.00(已全额退款),卡,交易成功,支出,图书,2\t,2\t,\n"
    )),
    "bill-meituan": ("meituan.csv", lambda: (
        "美团用户名：[anna]\n共：3笔记录\n"
        "交易创建时间,交易成功时间,交易类型,订单标题,收/支,支付方式,订单金额,实付金额,交易单号,商家单号,备注\n"
        "2025-05-01 12:29:00,2025-05-01 12:30:00,支付,外卖一,支出,卡,¥30.00,¥28.00,1\t,1\t,无需餐具\n"
        "2025-05-01 18:29:00,2025-05-01 18:30:00,支付,外卖二,支出,卡,¥30.00,¥29.00,2\t,2\t,\n"
        "2025-05-02 18:29:00,2025-05-02 18:30:00,退款,外卖二,收入,卡,¥30.00,¥29.00,3\t,3\t,\n"
    )),
}  # fmt: skip
"""By mapping: the name of the file, and what is in it."""


def tiny(folder: Path, mapping: str) -> Path:
    name, content = TINY[mapping]
    return put(folder, content(), name)


def put(folder: Path, content: str | bytes, name: str = "rides.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def bring(desk: Desk, path: Path, mapping: Any = "mobike-rides", **more: Any) -> Any:
    """What the flow answers to the file."""
    from tanhui.flows.ingest_file import Delivery, ingest_file
    from tanhui.steps.collect.mapping import mapping_named

    found = mapping_named(mapping) if isinstance(mapping, str) else mapping
    delivery = Delivery(path, found, desk.terms, desk.space)
    return ingest_file(delivery, scheme=desk.scheme, now=lambda: NOW, **more)


def counts(report: Any) -> tuple[int, int, int, int, int]:
    """Read, accepted, duplicate, conflict, refused."""
    return (report.read, *(report.rows[name] for name in ("accepted", "duplicate", "conflict", "refused")))
