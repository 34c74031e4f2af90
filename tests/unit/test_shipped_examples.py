"""The examples that ship: listed for the demo, credited, small, and cut as they say."""

import gzip
import importlib.util
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from tests.documents import PROJECT

from tanhui.steps.collect.guess import mapping_for
from tanhui.steps.collect.mapping import mapping_named

EXAMPLES = PROJECT / "examples"
DEMO = yaml.safe_load((EXAMPLES / "demo.yaml").read_text())


@pytest.fixture(scope="module")
def cut() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cut", EXAMPLES / "cut.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("item", DEMO, ids=lambda item: item["file"])
def test_an_example_is_found_read_and_credited(item: dict[str, str]):
    assert sorted(item) == ["file", "mapping", "partner", "title"]
    assert mapping_for(EXAMPLES / item["file"]) == mapping_named(item["mapping"])
    assert item["file"] in (EXAMPLES / "NOTICE").read_text().splitlines()


def test_the_demo_brings_in_what_was_cut(cut: ModuleType):
    assert [item["file"] for item in DEMO] == [part.target for part in cut.SLICES]
    packed = {path.name for path in EXAMPLES.iterdir() if path.suffix in {".gz", ".zip"}}
    assert packed == {item["file"] for item in DEMO}


def test_the_examples_are_many_lines_and_few_bytes(cut: ModuleType):
    lines = {item["file"]: cut.unpacked(EXAMPLES / item["file"])[1].count(b"\n") - 1 for item in DEMO}
    assert lines == {
        "steps-daily.csv.gz": 940,
        "ev-charging-sessions.csv.gz": 35_377,
        "electricity-half-hourly.csv.gz": 114_407,
        "water-meter-register.zip": 54_261,
        "shop-invoices-2010-12.csv.gz": 42_481,
    }
    assert sum((EXAMPLES / name).stat().st_size for name in lines) < 3_000_000


def test_whole_households_are_cut_with_their_bytes(cut: ModuleType):
    lines = [b"b;1;x \n", b"a;1\r\n", b"b;2\n", b"c;1\n", b"a;2"]
    assert list(cut.households(1, 3)(lines)) == [b"b;1;x \n", b"b;2\n", b"c;1\n"]
    assert list(cut.month(b"2010-12")([b"1,2010-12-01\n", b"2,2011-01-01\n"])) == [b"1,2010-12-01\n"]


def test_what_is_packed_is_not_dated(cut: ModuleType, tmp_path: Path):
    once, again = (cut.packed(Path("x.zip"), "x.csv", b"a\n") for _ in range(2))
    assert once == again
    (tmp_path / "x.zip").write_bytes(once)
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)
    packed = cut.packed(Path("x.csv.gz"), "x.csv", b"a\n")
    assert packed[4:8] == bytes(4)
    assert gzip.decompress(packed) == b"a\n"


def test_another_source_is_refused(cut: ModuleType, tmp_path: Path):
    (tmp_path / cut.SLICES[0].source).write_bytes(b"Id,ActivityDate\n")
    with pytest.raises(SystemExit, match="is not the file"):
        cut.main(tmp_path, tmp_path)
    assert not (tmp_path / cut.SLICES[0].target).exists()
