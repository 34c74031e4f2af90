"""Whatever is handed to the command line, it answers with a sentence and never with a traceback."""

import gzip
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.deliveries import TINY, put, ride, rides, tiny

NOISE = bytes(range(256)) * 40
WHOLE = rides(ride(1), ride(2, hour=9)).encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    import io

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


FILES: dict[str, bytes] = {
    "empty.csv": b"",
    "blank.csv": b"\n\n\n",
    "zeros.csv": b"\0" * 5000,
    "noise.bin": NOISE,
    "noise.csv": NOISE,
    "noise.xlsx": NOISE,
    "noise.parquet": b"PAR1" + NOISE,
    "noise.zip": b"PK\3\4" + NOISE,
    "noise.gz": b"\x1f\x8b" + NOISE,
    "cut.csv.gz": gzip.compress(WHOLE * 50)[:-20],
    "cut.zip": zipped(("a.csv", WHOLE))[:-30],
    "empty.zip": zipped(),
    "twice.zip": zipped(("a.csv", WHOLE), ("b.csv", WHOLE)),
    "nested.zip": zipped(("a.zip", zipped(("a.csv", WHOLE)))),
    "other.csv": b"a,b\n1,2\n",
    "header.csv": WHOLE.split(b"\n")[0],
    "text.txt": "一段文字\n".encode("gb18030"),
    "page.html": b"<html><body><table><tr><td>ID</td></tr></table></body></html>",
    "bad.json": b'{"a": [1, 2',
    "list.json": b"[1, 2, 3]",
    "null.json": b"null",
    "deep.json": b"[" * 100_000,
    "bad.xml": b"<Invoice><ID>",
    "other.xml": b"<?xml version='1.0'?><a/>",
    "laughs.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;&l;">]><a>&m;</a>',
    "outside.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "quote.csv": WHOLE + b'"' + b"x," * 10_000,
    "wide.csv": b",".join(b"c%d" % n for n in range(20_000)) + b"\n",
    "long.csv": b"ID" * 200_000,
    "same.csv": b"ID,ID,ID,UID,ST,DS,DU\n1,1,1,u,2025/8/1 8:05,2000,15\n",
}


def short(value: str) -> str:
    """A name of a test that every terminal can show."""
    return ascii(value)[1:30]


MAPPINGS: dict[str, bytes] = {
    "empty.yaml": b"",
    "noise.yaml": NOISE,
    "zero.yaml": b"\0\0\0",
    "list.yaml": b"- a\n- b\n",
    "text.yaml": b"just text",
    "broken.yaml": b"a: [1, 2\nb: }",
    "tabs.yaml": b"a:\n\t- b",
    "schema.yaml": b"schema: tanhui/feed/1\nname: x\n",
    "alias.yaml": b"a: &a [*a]\n",
    "tag.yaml": b"!!python/object/apply:os.system ['true']",
    "twice.yaml": b"name: a\nname: b\n",
    "laughs.yaml": b"a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n",
    "many.yaml": b"a: 1\n---\nb: 2\n",
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("mapping", [None, "mobike-rides"])
def test_files_that_nothing_reads_are_refused(tanhui: Any, tmp_path: Path, name: str, mapping: str | None) -> None:
    path = put(tmp_path, FILES[name], name)
    named = [] if mapping is None else ["--mapping", mapping]

    for command in (["ingest", "bikes"], ["feeds", "preview"]):
        answer = tanhui(*command, path, *named, "--json")

        assert answer.code in {0, 1}
        assert isinstance(json.loads(answer.out), dict)


@pytest.mark.parametrize("name", FILES)
def test_a_draft_of_any_file_is_a_mapping_or_a_refusal(tanhui: Any, tmp_path: Path, name: str) -> None:
    assert tanhui("feeds", "draft", put(tmp_path, FILES[name], name)).code in {0, 1}


@pytest.mark.parametrize("mapping", TINY)
def test_a_file_of_another_kind_than_the_mappings_is_refused(tanhui: Any, tmp_path: Path, mapping: str) -> None:
    path = tiny(tmp_path, "transit-card-taps" if mapping == "mobike-rides" else "mobike-rides")

    answer = tanhui("ingest", "bikes", path, "--mapping", mapping, "--json")

    assert answer.code == 1
    assert "refused" in answer.json


@pytest.mark.parametrize("name", MAPPINGS)
def test_mappings_that_are_none_are_refused(tanhui: Any, tmp_path: Path, name: str) -> None:
    answer = tanhui("ingest", "bikes", put(tmp_path, WHOLE), "--mapping", put(tmp_path, MAPPINGS[name], name), "--json")

    assert (answer.code, "refused" in answer.json) == (1, True)


@pytest.mark.parametrize(
    "named", ["", "no-such-mapping", "/no/such/file.yaml", "/tmp", "/tmp.yaml/", ".yaml", "a\0b", "x" * 5000], ids=short
)
def test_mappings_that_do_not_exist_are_refused(tanhui: Any, tmp_path: Path, named: str) -> None:
    answer = tanhui("ingest", "bikes", put(tmp_path, WHOLE), "--mapping", named, "--json")

    assert answer.code in {0, 1} if named == "" else answer.code == 1


@pytest.mark.parametrize("odd", ["", " ", "x" * 41, "x" * 5000, "\udcff", "名" * 20, "a\nb", "[red]", "🚲"], ids=short)
def test_odd_names_of_partners_and_spaces_break_nothing(tanhui: Any, tmp_path: Path, odd: str) -> None:
    path = put(tmp_path, WHOLE)

    for arguments in ((odd, path), ("bikes", path, "--identity", odd)):
        assert tanhui("ingest", *arguments, "--json").code in {0, 1}


@pytest.mark.parametrize(
    "odd",
    ["", " ", "x" * 100_000, "\udcff", "P", "P-1", "P99999999999999999999", "P" + "9" * 6000, "P１", "a:b:c", ":"],
    ids=short,
)
def test_odd_names_of_persons_and_records_are_refused(tanhui: Any, odd: str) -> None:
    for command in ("account", "explain"):
        assert tanhui(command, odd, "--json").code == 1


@pytest.mark.parametrize(
    "value",
    ["1e999999999", "1e-999999999", "1e400", "-5", "nan", "inf", "1/0", "", "9" * 5000, "１０", "1_0", "0x1", "\udcff"],
    ids=short,
)
def test_odd_figures_are_refused_at_once(tanhui: Any, value: str) -> None:
    answer = tanhui("quantify", "metro", f"distance_km={value}", "--json")

    assert answer.code == 1


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "0000-01-01"])
def test_odd_days_are_refused(tanhui: Any, day: str) -> None:
    assert tanhui("quantify", "metro", "distance_km=10", "--on", day, "--json").code in {0, 1, 2}


def test_a_file_whose_name_is_no_text_is_brought_in(tanhui: Any, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/rides-\xff\xfe.csv"
    Path(os.fsdecode(path)).write_bytes(WHOLE)

    answer = tanhui("ingest", "bikes", os.fsdecode(path), "--json")

    assert answer.code == 0


@pytest.mark.parametrize(
    "name", ["rows", "rows.txt", "rows.pdf", "no/such/folder/rows.csv", "no/such/folder/rows.xlsx"]
)
def test_sheets_of_other_kinds_or_places_are_refused(tanhui: Any, tmp_path: Path, name: str) -> None:
    tanhui("ingest", "bikes", put(tmp_path, rides(ride(1), ride(2, metres="1"))))

    assert tanhui("quarantine", "export", tmp_path / name, "--partner", "bikes").code in {1, 2}


def test_an_export_of_nothing_is_an_empty_sheet(tanhui: Any, tmp_path: Path) -> None:
    for name in ("rows.csv", "rows.xlsx"):
        assert tanhui("quarantine", "export", tmp_path / name, "--partner", "nobody").code == 0
        assert tanhui("quarantine", "resubmit", tmp_path / name, "--json").json["refused"] == "sheet_stale"
