"""Files as others write them: what can be read is read whole, and what cannot is refused with the reason that helps."""

from pathlib import Path

import pytest
import xlsxwriter
from tests.collecting import GOOD, HEADER, PLAIN, mapping, read, write

from tanhui.core.refusal import Refusal
from tanhui.steps.collect import encodings
from tanhui.steps.collect.guess import mapping_for

LATER = "2,bob,2024-05-02 08:00,1000,20"
KEYED = PLAIN.replace("record: {columns: [id]}", "derive: {metres: {number: m}}\nrecord: {hash: [id, metres]}")


def workbook(path: Path, **sheets: str) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for title, text in sheets.items():
            sheet = book.add_worksheet(title)
            for row, line in enumerate(text.splitlines()):
                sheet.write_row(row, 0, line.split(","))
    return path


def test_the_rows_of_every_sheet_that_has_the_columns_are_read_and_counted_on(tmp_path):
    shuffled = "extra,minutes,m,at,user,id\n,20,1000,2024-05-02 08:00,bob,2\n,20,far,2024-05-02 08:00,bob,3"
    book = workbook(tmp_path / "a.xlsx", about="nothing here", May=f"{HEADER}\n{GOOD}", June=shuffled, empty="")

    result = read(book, mapping(tmp_path))

    assert result.rows == 3
    assert result.column("row") == [2, 4]
    assert result.column("subject") == ["anna", "bob"]
    assert result.reasons == [(5, "not_a_number")]
    (notice,) = result.notices
    assert notice.text.en == (
        "Sheets read (numbers of their rows): May (2–2); June (4–5). Left out, since they lack the columns: about."
    )


def test_one_sheet_alone_needs_no_notice(tmp_path):
    assert read(workbook(tmp_path / "a.xlsx", May=f"{HEADER}\n{GOOD}"), mapping(tmp_path)).notices == ()


def test_a_sheet_that_is_not_there_is_refused(tmp_path):
    book = workbook(tmp_path / "a.xlsx", May=f"{HEADER}\n{GOOD}")
    with pytest.raises(Refusal) as refused:
        read(book, mapping(tmp_path, PLAIN + 'file: {sheet: "June"}\n'))
    assert refused.value.code == "file_unreadable"


@pytest.mark.parametrize("digits", ["9" * 5000, "1." + "0" * 5000, "１０００", "٣٠٠"])
def test_a_number_beyond_measure_or_in_other_digits_is_none(tmp_path, digits):
    result = read(write(tmp_path, f"{HEADER}\n{GOOD}\n2,bob,2024-05-02 08:00,{digits},20\n"), mapping(tmp_path))

    assert result.reasons == [(3, "not_a_number")]
    assert len(result.refused["detail_en"].item()) < 200


@pytest.mark.parametrize(
    ("metres", "minutes", "told"),
    [
        ("50", "20", "distance_km is 50 m; it must be between 0.1 and 100 km."),
        ("1000", "0.5", "duration_h is 0.5 min; it must be between 0.01 and 8 h."),
        ("1000", "1e9", "duration_s is 1e9 min; it must be between 0 and 31622400 s."),
    ],
)
def test_a_value_out_of_bounds_is_told_with_the_unit_of_the_file(tmp_path, metres, minutes, told):
    row = f"2,bob,2024-05-02 08:00,{metres},{minutes}"
    result = read(write(tmp_path, f"{HEADER}\n{row}\n"), mapping(tmp_path))

    assert result.refused["detail_en"].to_list() == [told]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_text_with_a_byte_order_mark_is_read(tmp_path, encoding):
    assert read(write(tmp_path, f"{HEADER}\n{GOOD}\n".encode(encoding)), mapping(tmp_path)).rows == 1


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(encodings, "LONGEST_LINE", 1000)
    path = write(tmp_path, f"{HEADER}\n{GOOD}\n".encode() + b"\0" * 50_000)
    with pytest.raises(Refusal) as refused:
        read(path, mapping(tmp_path), block_bytes=100)
    assert refused.value.code == "file_unreadable"


def test_lines_that_end_with_a_carriage_return_only_may_be_many(tmp_path, monkeypatch):
    monkeypatch.setattr(encodings, "LONGEST_LINE", 1000)
    rows = [f"{number},anna,2024-05-01 08:00,2500,20" for number in range(500)]
    assert read(write(tmp_path, "\r".join([HEADER, *rows])), mapping(tmp_path), block_bytes=100).rows == 500


def test_a_wanted_column_that_stands_there_twice_is_refused_and_any_other_is_not(tmp_path):
    with pytest.raises(Refusal) as refused:
        read(write(tmp_path, f"{HEADER},USER\n{GOOD},bob\n"), mapping(tmp_path))
    assert (refused.value.code, refused.value.field) == ("feed_columns_repeated", "user")
    assert read(write(tmp_path, f"{HEADER},note,note\n{GOOD},a,b\n"), mapping(tmp_path)).rows == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n\n", "is empty"),
        (bytes(range(256)) * 20, "neither text nor"),
        (b"PK\x05\x06" + bytes(18), "it holds 0: -"),
        (b"\x1f\x8b nothing", "damaged"),
        (b"a,b\n1,2\n", "None of the mappings that ship reads"),
        (b"<html><body></body></html>", "None of the mappings|save other XML or a web page"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_file_itself_is_said_where_no_mapping_reads_it(tmp_path, content, told):
    with pytest.raises(Refusal, match=told):
        mapping_for(write(tmp_path, content))


def test_a_number_in_a_record_id_is_the_same_however_it_is_written(tmp_path):
    chosen = mapping(tmp_path, KEYED + 'file: {currency: ["¥"], thousands: ","}\n')
    rows = [f'1,anna,2024-05-01 08:00,"{metres}",20' for metres in ("2,500.00", "2500", "¥2500.0", "2501")]

    ids = read(write(tmp_path, "\n".join([HEADER, *rows]) + "\n"), chosen).column("record_id")

    assert ids[0] == ids[1] == ids[2] != ids[3]
