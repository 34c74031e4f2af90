"""Delimited text: every line of the file is a row, is blank, or is told as unreadable, with its own line number."""

import gzip
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.collecting import GOOD, HEADER, PLAIN, mapping, read, write

from tanhui.core.refusal import Refusal

ROWS = "\n".join(f"{n},anna,2024-05-01 08:{n:02d},{n}000,20" for n in range(1, 7))


def test_a_row_becomes_a_record_with_its_line_and_whole_steps(tmp_path):
    result = read(write(tmp_path, f"{HEADER}\n{GOOD}\n"), mapping(tmp_path))
    record = result.records.row(0, named=True)
    assert (record["row"], record["rows"], record["record_id"], record["subject"]) == (2, 1, "1", "anna")
    assert (record["behavior"], record["region"], record["evidence"]) == (17, "310000", "partner")
    assert record["occurred_at"].isoformat() == "2024-05-01T00:00:00+00:00"  # 08:00 in Shanghai
    assert (record["duration_s"], record["steps:distance_km"], record["steps:duration_h"]) == (1200, 2500, 3333)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path, separator):
    text = f"{HEADER}\n{ROWS}\n".replace(",", separator)
    assert read(write(tmp_path, text), mapping(tmp_path)).records.height == 6


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way_and_the_last_need_not_end(tmp_path, ends):
    text = f"{HEADER}\n{ROWS}".replace("\n", ends)
    assert read(write(tmp_path, text), mapping(tmp_path)).column("row") == [2, 3, 4, 5, 6, 7]


def test_rows_with_another_number_of_cells_are_unreadable_and_the_rest_is_read(tmp_path):
    text = f"{HEADER}\n{GOOD}\n2,anna\n\n3,anna,2024-05-01 08:00,1,2,3,4\n,,,,\n4,anna,2024-05-01 09:00,1000,10\n"
    result = read(write(tmp_path, text), mapping(tmp_path))
    assert result.reasons == [(3, "unreadable_row"), (5, "unreadable_row")]
    assert result.column("row") == [2, 7]
    assert result.refused["raw"][0] == '{"line": "2,anna"}'


def test_every_row_may_end_with_a_separator_that_the_header_lacks(tmp_path):
    text = f"{HEADER}\n" + ROWS.replace("\n", ", \n") + ", \n9,anna,2024-05-01 10:00,1000,10,extra\n"
    result = read(write(tmp_path, text), mapping(tmp_path))
    assert (result.records.height, result.reasons) == (6, [(8, "unreadable_row")])


def test_rows_of_the_headers_width_are_read_though_most_rows_are_not(tmp_path):
    text = f"{HEADER}\n,,,,,,\n{GOOD}\n,,,,,,\n"
    assert read(write(tmp_path, text), mapping(tmp_path)).column("row") == [3]


def test_a_file_of_a_header_only_is_empty(tmp_path):
    result = read(write(tmp_path, f"{HEADER}\n"), mapping(tmp_path))
    assert (result.rows, result.records.height) == (0, 0)


def test_quoted_cells_hold_separators_quotes_and_line_ends(tmp_path):
    text = f'{HEADER}\n"1","an""na, b",2024-05-01 08:00,"1000",20\n2,"two\nlines",2024-05-01 09:00,1000,20\n{GOOD}\n'
    result = read(write(tmp_path, text), mapping(tmp_path))
    assert result.column("subject") == ['an"na, b', "two\nlines", "anna"]
    assert result.column("row") == [2, 3, 5]


def test_quotes_where_none_belong_damage_their_own_line_only(tmp_path):
    text = f'{HEADER}\n1,"anna,2024-05-01 08:00,1000,20\n2,5" pipe,2024-05-01 08:00,1000,20\n3,"x"\t,2024-05-01 09:00,1000,20\n'
    result = read(write(tmp_path, text), mapping(tmp_path))
    assert result.reasons == [(2, "unreadable_row")]
    assert result.column("subject") == ['5" pipe', "x"]


def test_preamble_is_skipped_and_header_cells_are_trimmed(tmp_path):
    text = "Export of rides\n,,,\n-----\n id ,user\t, at ,m  ,minutes\n" + GOOD + "\n"
    assert read(write(tmp_path, text), mapping(tmp_path)).column("row") == [5]


def test_trailer_lines_are_no_rows(tmp_path):
    text = PLAIN.replace("person:", "file: {trailer: '^(---|合计)'}\nperson:")
    rows = f"{HEADER}\n{GOOD}\n-----------\n合计,,,2500.5,20\n"
    result = read(write(tmp_path, rows), mapping(tmp_path, text))
    assert (result.column("row"), result.reasons) == ([2], [])


def test_a_file_cut_short_is_refused(tmp_path):
    packed = gzip.compress(f"{HEADER}\n{ROWS}\n".encode())
    for content in (packed[:-12], b"PK\x03\x04" + packed):
        with pytest.raises(Refusal, match="damaged or cut short"):
            read(write(tmp_path, content), mapping(tmp_path))


def test_a_file_of_another_kind_is_refused_by_the_columns_it_lacks(tmp_path):
    with pytest.raises(Refusal, match="lacks columns: m, minutes; its header is: id, user, at"):
        read(write(tmp_path, "id,user,at\n1,anna,2024-05-01 08:00\n"), mapping(tmp_path))


def test_a_file_without_header_is_read_by_position(tmp_path):
    text = PLAIN.replace("person:", "file: {columns: [id, user, at, m, minutes]}\nperson:")
    assert read(write(tmp_path, GOOD + "\n"), mapping(tmp_path, text)).column("row") == [1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found(tmp_path, encoding):
    text = f"{HEADER}\n" + "".join(f"{n},张三丰,2024-05-01 08:00,1000,20\n" for n in range(5))
    result = read(write(tmp_path, text.encode(encoding)), mapping(tmp_path))
    assert set(result.column("subject")) == {"张三丰"}


def test_western_text_is_not_taken_for_chinese(tmp_path):
    text = f"{HEADER}\n1,José Müñoz à Genève,2024-05-01 08:00,1000,20\n"
    assert read(write(tmp_path, text.encode("latin-1")), mapping(tmp_path)).column("subject") == ["José Müñoz à Genève"]


def test_damaged_bytes_refuse_their_own_row(tmp_path):
    good = "".join(f"{n},张三,2024-05-01 08:00,1000,20\n" for n in range(60)).encode()
    data = HEADER.encode() + b"\n" + good + b"61,\xff\xfe,2024-05-01 08:00,1000,20\n" + GOOD.encode()
    result = read(write(tmp_path, data), mapping(tmp_path))
    assert (result.records.height, result.reasons) == (61, [(62, "unreadable_row")])


def test_packed_files_are_opened_by_content(tmp_path):
    text = f"{HEADER}\n{ROWS}\n".encode()
    packed = write(tmp_path, gzip.compress(text), "rides.csv")
    with zipfile.ZipFile(tmp_path / "rides.zip", "w") as archive:
        archive.writestr("a/readme.txt", "nothing")
        archive.writestr("a/rides.csv", text)
    zipped = mapping(tmp_path, PLAIN.replace("person:", 'file: {member: "*.csv"}\nperson:'))
    assert read(packed, zipped).records.height == 6
    assert read(tmp_path / "rides.zip", zipped).records.height == 6
    with pytest.raises(Refusal, match="must hold exactly one file"):
        read(tmp_path / "rides.zip", mapping(tmp_path))


@pytest.mark.parametrize("block_bytes", [64, 100, 257])
def test_blocks_of_any_size_give_the_same_rows(tmp_path, block_bytes):
    text = f'{HEADER}\n{ROWS}\n7,"a\nb",2024-05-01 08:00,1000,20\nbad\n{GOOD}'
    whole = read(write(tmp_path, text), mapping(tmp_path))
    parts = read(write(tmp_path, text), mapping(tmp_path), block_bytes=block_bytes)
    assert parts.records.equals(whole.records)
    assert parts.refused.equals(whole.refused)


CELL = st.text(alphabet='abc1.,;"\t \n\r张é', max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.lists(CELL, min_size=1, max_size=7).map(",".join) | st.just(GOOD), max_size=12))
def test_no_row_is_lost_however_mangled(tmp_path, lines):
    text = HEADER + "\n" + "\n".join(lines)
    result = read(write(tmp_path, text), mapping(tmp_path))
    rows = result.records["row"].to_list() + result.refused["row"].to_list()
    assert len(rows) == len(set(rows)) == result.rows
    physical = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(physical[1:], 2):
        if line == GOOD and '"' not in text:
            assert number in result.records["row"].to_list()
    assert all(2 <= row <= len(physical) for row in rows)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.text(alphabet="ab1,. 张", max_size=12), max_size=15))
def test_without_quotes_every_line_that_is_not_blank_is_exactly_one_row(tmp_path, lines):
    result = read(write(tmp_path, "\n".join([HEADER, *lines])), mapping(tmp_path))
    written = [number for number, line in enumerate(lines, 2) if line.strip(", ")]
    told = sorted(result.records["row"].to_list() + result.refused["row"].to_list())
    assert set(written) <= set(told)
    assert result.rows == len(told) == len(set(told))
