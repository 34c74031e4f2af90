"""Chinese bill exports: preambles with totals, GB18030 and BOM, tabs after numbers, ¥, refunds, and repeated order numbers."""

from pathlib import Path

import xlsxwriter
from tests.collecting import read, write
from tests.deliveries import tiny

ALIPAY = """------------------------------------------------------------------------------------
导出信息：
支付宝账户：anna@example.com
共{rows}笔记录
收入：1笔 28.50元
支出：3笔 1,119.74元
不计收支：2笔 66.03元

特别提示：
1.本回单内容可表明支付宝受理了相应支付交易申请；

------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------
交易时间            ,交易分类      ,交易对方     ,对方账号  ,商品说明     ,收/支      ,金额        ,收/付款方式     ,交易状态     ,交易订单号     ,商家订单号  ,备注   ,
2023-02-12 21:32:14 ,日用百货      ,x4***6      ,/        ,商品示例     ,支出       ,49.74       ,余额           ,交易成功     ,2023xx	,T1	,     ,
2023-02-11 21:32:14 ,生活缴费      ,供电局      ,/        ,电费        ,支出       ,"1,050.00"  ,余额           ,交易成功     ,2023xx	,T1	,     ,
2023-02-08 14:16:52 ,日用百货      ,x4***6      ,r@q.com  ,商品示例     ,支出       ,20.00       ,余额           ,等待确认收货  ,2023xx	,T1	,     ,
2023-02-04 18:21:04 ,退款         ,x           ,/        ,退款-亲情卡   ,不计收支    ,16.03       ,银行           ,退款成功     ,2023xx	,T1	,     ,
2023-01-18 10:17:29 ,转账红包      ,x           ,x@163.com,转账        ,收入       ,28.50       ,余额           ,交易成功     ,2023xx	,  	,     ,
2023-01-09 18:21:50 ,交通出行      ,一卡通       ,/        ,一卡通充值    ,不计收支    ,50.00       ,余额宝         ,交易关闭     ,2023xx	,T1	,     ,
"""


def codes(result):
    return [notice.code for notice in result.notices]


def test_alipay_is_gb18030_with_padded_cells_and_an_account_in_the_preamble(tmp_path):
    result = read(write(tmp_path, ALIPAY.format(rows=6).encode("gb18030")), "bill-alipay")
    assert result.column("behavior") == [34, 28]
    assert set(result.column("subject")) == {"anna@example.com"}
    assert len(set(result.column("record_id"))) == 2  # though the masked order numbers repeat
    assert [row["reason"] for row in result.refused.sort("row").iter_rows(named=True)] == [
        "not_an_activity", "original_uncertain", "not_an_activity", "cancelled",
    ]  # fmt: skip
    assert result.refused.sort("row")["field"].to_list() == ["pending", "refund", "no_expense", "closed"]
    assert '"2023xx\\t"' in result.refused["raw"][0]  # the original cell, tab and all


def test_control_totals_are_compared_with_the_rows(tmp_path):
    agreeing = read(write(tmp_path, ALIPAY.format(rows=6).encode("gb18030")), "bill-alipay")
    assert codes(agreeing) == ["control_total_agrees"] * 5
    differing = read(write(tmp_path, ALIPAY.format(rows=66).encode("gb18030")), "bill-alipay")
    assert codes(differing)[0] == "control_total_differs"
    assert differing.notices[0].warning
    assert differing.notices[0].text.en == "The file states “共66笔记录”, but the rows read make 6."
    assert differing.records.equals(agreeing.records)


def test_whoever_reads_the_file_may_say_who_it_is(tmp_path):
    path = write(tmp_path, ALIPAY.format(rows=6).encode("gb18030"))
    assert set(read(path, "bill-alipay", subject="u-7").column("subject")) == {"u-7"}


WECHAT = """微信支付账单明细,,,,,,,,,,
微信昵称：[测试],,,,,,,,,,
共6笔记录,,,,,,,,,,
支出：4笔 555.15元,,,,,,,,,,
----------------------微信支付账单明细列表--------------------,,,,,,,,,,
交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注
2019-09-26 12:45:27,"商户消费","云膳(传奇店)","总共消费:28.16","支出",¥28.16,"中国银行(1234)","支付成功","3985734"	,"129847129"	,"/"
2019-09-24 10:10:11,微信红包,同性好友,/,收入,¥0.35,/,已存入零钱,3985734	,129847129	,/
2021-01-17 18:03:35,扫二维码付款,某餐厅,收款方备注:二维码收款,支出,¥12.00,零钱通,已转账,3985734,129847129,/
2021-01-22 12:34:56,转账,房东,转账备注:微信转账,支出,¥500.00,零钱通,朋友已收钱,3985734,129847129,/
2021-07-18 10:48:09,商户消费,打开拼多多，点击底部"多多视频","/",支出,¥14.99,/,支付成功,1605724 ,101012	,"/"
2024-06-07 23:40:27,没见过的类型,测试,"x",支出,¥0.01,工商银行,支付成功,42000,1568230	,"/"
"""


def test_wechat_is_utf8_with_bom_stray_quotes_and_kinds_that_are_no_purchase(tmp_path):
    data = b"\xef\xbb\xbf" + WECHAT.replace("\n", "\r\n").encode()
    result = read(write(tmp_path, data), "bill-wechat")
    assert result.column("row") == [7, 9, 11]
    assert result.column("behavior") == [34, 42, 34]
    assert result.reasons == [(8, "not_an_activity"), (10, "not_an_activity"), (12, "unknown_behavior")]
    assert codes(result) == ["control_total_agrees", "control_total_differs", "control_total_differs"]


JD = """导出信息：
京东账号名：jd_5537
共：6笔记录
支出：3笔(含1笔部分退款)，112.93元
不计收支：3笔，558.16元

交易时间,商户名称,交易说明,金额,收/付款方式,交易状态,收/支,交易分类,交易订单号,商家订单号,备注
2024-12-30 17:16:02	,京东物流,京东外部商户,10.20,钱包余额,交易成功,支出,收发快递,JDX1	,10003	, ,
2024-12-30 10:40:22	,京东平台商户,牛肉丸,60.80,银行,交易成功,支出,食品酒饮,1000	,10003	, ,
2024-12-28 13:28:32	,京东平台商户,退款-卫衣,89.84,银行,退款成功,不计收支,网购,1000	,10003	, ,
2024-12-28 13:27:56	,京东平台商户,卫衣 等多件,131.77(已退款89.84),银行,交易成功,支出,服饰内衣,1000	,10003	, ,
2024-12-24 22:33:07	,京东平台商户,裤子,468.32(已全额退款),银行,交易成功,不计收支,服饰,1000	,10003	, ,
2024-12-26 22:35:50	,京东平台商户,红肉蜜柚,0.00,先享后付,交易成功,不计收支,先享后付,1000	,10003	, ,
"""


def test_jd_nets_what_was_refunded_in_part_and_its_totals_agree(tmp_path):
    result = read(write(tmp_path, "\ufeff" + JD), "bill-jd")
    assert result.column("behavior") == [44, 34, 34]
    assert result.column("subject") == ["jd_5537"] * 3
    assert result.reasons == [(10, "original_uncertain"), (12, "cancelled"), (13, "not_an_activity")]
    assert codes(result) == ["control_total_agrees"] * 4


MEITUAN = """美团交易账单明细
美团用户名：[SJT7]
""
共：5笔记录
支出：4笔 67.42元
收入：1笔 11.77元
【美团交易账单明细列表】
交易创建时间,交易成功时间,交易类型,订单标题,收/支,支付方式,订单金额,实付金额,交易单号,商家单号,备注
2025-02-28 20:35:13,2025-02-28 20:35:25,支付,喜茶 订单详情,支出,美团月付,¥22.30,¥21.17,"2502281	","0_22	",/
2025-02-20 14:08:11,2025-02-20 14:20:31,退款,代金券-28,收入,美团月付,¥11.90,¥11.77,"2502282	","467	",/
2025-02-12 20:59:12,2025-02-12 20:59:20,还款,【美团月付】主动还款,支出,银行,¥48.14,¥48.12,"2502283	","25	",/
2025-02-12 19:09:15,2025-02-12 19:09:21,支付,代金券-28,支出,美团月付,¥11.90,¥11.77,"2502284	","57	",/
2025-02-11 19:09:15,2025-02-11 19:09:21,支付,米线 订单详情,支出,美团月付,¥34.50,¥34.48,"2502285	","58	",无需餐具
"""


def test_meituan_refunds_take_back_their_order_and_repayments_are_no_purchase(tmp_path):
    result = read(write(tmp_path, MEITUAN), "bill-meituan")
    assert result.column("record_id") == ["2502281", "2502285"]
    assert result.column("behavior") == [34, 7]
    assert result.reasons == [(10, "cancelled"), (11, "not_an_activity"), (12, "cancelled")]
    assert codes(result) == ["control_total_agrees"] * 4


def test_a_payment_has_the_same_id_in_the_csv_and_in_the_spreadsheet_of_wechat(tmp_path: Path):
    header = "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注"
    row = ["2024-03-31 12:30:01", "商户消费", "美团", "/", "支出", "¥28.30", "零钱", "支付成功", "4200\t", "2403", "/"]
    text = write(tmp_path, f"微信昵称：[测试]\n{header}\n{','.join(row)}\n")
    with xlsxwriter.Workbook(str(tmp_path / "wechat.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["微信昵称：[测试]"])
        sheet.write_row(1, 0, header.split(","))
        sheet.write_row(2, 0, [cell.strip() for cell in row])
        sheet.write_number(2, 5, 28.3)

    ids = [read(path, "bill-wechat").column("record_id") for path in (text, tmp_path / "wechat.xlsx")]

    assert len(ids[0]) == 1
    assert ids[0] == ids[1]


def test_the_old_form_of_alipay_has_its_totals_at_the_end_and_no_categories(tmp_path: Path):
    result = read(tiny(tmp_path, "bill-alipay-web"), "bill-alipay-web")

    assert result.column("subject") == ["anna@example.com"]
    assert result.column("record_id") == ["20201"]
    assert result.reasons == [(5, "cancelled"), (6, "not_an_activity")]
