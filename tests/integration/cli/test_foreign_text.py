"""What partners wrote is shown as it stands: it is no markup of ours, and commands no terminal."""

from pathlib import Path
from typing import Any

import pytest
from tests.deliveries import put, ride, rides


@pytest.mark.parametrize("cell", ["[/]", "[/red]", "[bold]x", ":smile:", "[link=http://x]y"])
def test_a_cell_that_looks_like_markup_is_shown_as_it_stands(tanhui: Any, tmp_path: Path, cell: str) -> None:
    path = put(tmp_path, rides(ride(1), ride(2, metres=cell)).encode())

    shown = tanhui("feeds", "preview", path, "--mapping", "mobike-rides")
    assert shown.code == 0
    assert cell in shown.out

    assert tanhui("ingest", "bikes", path, "--mapping", "mobike-rides").code == 0
    listed = tanhui("quarantine", "list", "--partner", "bikes")
    assert listed.code == 0
    assert cell in listed.out


def test_a_cell_with_the_codes_of_a_terminal_does_not_reach_it(tanhui: Any, tmp_path: Path) -> None:
    path = put(tmp_path, rides(ride(1), ride(2, metres="\x1b[2J\x1b]0;x\x07\x9b31m")).encode())

    shown = tanhui("feeds", "preview", path, "--mapping", "mobike-rides")

    assert "\x1b" not in shown.out
    assert "\x9b" not in shown.out
    assert "\ufffd[2J" in shown.out


def test_a_header_of_noise_is_told_in_short_and_harmless(tanhui: Any, tmp_path: Path) -> None:
    path = put(tmp_path, ("\x1b[31m" + "x" * 5000 + "," + ",".join(f"c{n}" for n in range(200)) + "\n1,2\n").encode())

    shown = tanhui("feeds", "preview", path, "--mapping", "mobike-rides")

    assert shown.code == 1
    assert "\x1b" not in shown.err
    assert len(shown.err) < 800


@pytest.mark.parametrize("name", ["[red]x[b].csv", "[bold.csv", ":smile:.csv"])
def test_a_file_name_that_looks_like_markup_is_shown_as_it_stands(tanhui: Any, tmp_path: Path, name: str) -> None:
    answer = tanhui("ingest", "bikes", put(tmp_path, b"a,b\n1,2\n", name))

    assert answer.code == 1
    assert name in answer.err.replace("\n", " ")


def test_a_time_before_all_agreements_is_refused_in_the_preview_too(tanhui: Any, tmp_path: Path) -> None:
    row = ride(1).replace("2025/8/1 8:05", "0001/1/1 0:00")
    answer = tanhui("feeds", "preview", put(tmp_path, rides(row).encode()), "--json", "--mapping", "mobike-rides")

    assert answer.code == 0
    assert [row["reason"] for row in answer.json["refused"]] == ["before_agreement"]


def test_a_mapping_that_is_not_there_is_said_to_be_missing(tanhui: Any, tmp_path: Path) -> None:
    answer = tanhui("feeds", "preview", put(tmp_path, b"a,b\n1,2\n"), "--mapping", "no-such.yaml")

    assert answer.code == 1
    assert "no such file" in answer.err


def test_a_sheet_of_which_nothing_is_accepted_ends_with_1(tanhui: Any, tmp_path: Path) -> None:
    path = put(tmp_path, rides(ride(1), ride(2, metres="x")).encode())
    assert tanhui("ingest", "bikes", path, "--mapping", "mobike-rides").code == 0
    assert tanhui("quarantine", "export", tmp_path / "q.csv", "--partner", "bikes").code == 0

    assert tanhui("quarantine", "resubmit", tmp_path / "q.csv").code == 1
