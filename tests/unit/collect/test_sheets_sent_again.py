"""A sheet comes back as the spreadsheet program of whoever corrected it has saved it, or is refused."""

from pathlib import Path

import pytest
from tests.collecting import write

from tanhui.core.refusal import Refusal
from tanhui.steps.collect.sheet import read_sheet, write_sheet

ROW = {
    "id": 7,
    "row": 3,
    "mapping": "m",
    "reason": "bad_date",
    "detail_zh": "“昨天”不是可识别的时间。",
    "detail_en": "no time.",
}
CELLS = {"用户": "朱镕𠮷", "交易时间": "昨天 8:05"}


@pytest.fixture
def written(tmp_path: Path) -> str:
    path = tmp_path / "sheet.csv"
    write_sheet([{**ROW, "raw": CELLS}], path, language="zh")
    return path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_sheet_comes_back_intact_in_the_encodings_of_spreadsheet_programs(
    tmp_path: Path, written: str, encoding: str
) -> None:
    sheet = read_sheet(write(tmp_path, written.replace("\n", "\r\n").encode(encoding)))

    assert sheet.select(*CELLS).row(0) == tuple(CELLS.values())
    assert sheet["_quarantine"].to_list() == ["7"]


def test_a_sheet_saved_as_gbk_comes_back_intact(tmp_path: Path, written: str) -> None:
    sheet = read_sheet(write(tmp_path, written.replace("𠮷", "基").encode("gbk")))

    assert sheet["用户"].to_list() == ["朱镕基"]
    assert sheet["_detail"].to_list() == [ROW["detail_zh"]]


@pytest.mark.parametrize("spoiled", ["latin-1", "cut"])
def test_a_sheet_in_no_known_encoding_is_refused_and_says_how_to_save_it(
    tmp_path: Path, written: str, spoiled: str
) -> None:
    data = written.replace("朱镕𠮷", "Müller").encode("gb18030") + b"\xff\xff"
    if spoiled == "latin-1":
        data = b"_quarantine,_row,_reason,_detail,name\n7,3,bad_date,no time,M\xfcller\n"
    with pytest.raises(Refusal) as refusal:
        read_sheet(write(tmp_path, data))

    assert refusal.value.code == "sheet_encoding"
    assert "UTF-8" in refusal.value.get("en")
    assert "UTF-8" in refusal.value.get("zh")
