"""The examples of the documents do what they say.

In a block marked ```` ```console ````, every line that begins with ``$ tanhui`` is run, in the order of the document,
in an empty directory that has the project's ``examples`` and ``docs``, on books that are the document's own and empty at
first. A backslash continues it on the next line. What follows, up to the next ``$``, is the output it must give; a line
``...`` stands for any lines, and no lines at all for any output. The command must succeed, unless a comment at its end
says otherwise: ``# exit 1``. Other commands are shown, not run; so is everything in a block marked otherwise. Documents
named ``*.zh-CN.md`` are run in Chinese, others in English.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from tests.documents import PROJECT, documents, name

BLOCK = re.compile(r"^( *)```console\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A command, the exit status it ends with, and the output it gives."""

    command: str
    status: int
    output: str


def examples(text: str) -> list[Example]:
    found = []
    for _, block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", dedent(block).replace("\\\n", " "), flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            if not command.startswith("tanhui"):
                continue
            status = re.search(r"#\s*exit (\d+)\s*$", command)
            found.append(Example(command=command, status=int(status[1]) if status else 0, output=output.strip("\n")))
    return found


def says(example: Example, output: str) -> bool:
    """Whether an output is the one that is stated."""
    if not example.output:
        return True
    stated = (line.rstrip() for line in example.output.split("\n"))
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in stated)
    given = "".join(f"{line.rstrip()}\n" for line in output.strip("\n").split("\n"))
    return re.fullmatch(pattern, given) is not None


def run(
    example: Example, directory: Path, *, language: str, books: str | None = None
) -> subprocess.CompletedProcess[str]:
    own = {"TANHUI_DATABASE_URL": books, "TANHUI_HOME": str(directory / "home")}  # its database, and its keys
    surroundings = os.environ | (own if books else {})
    surroundings |= {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(PROJECT / "src"),
        "LC_ALL": language,
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
    command = ["/bin/sh", "-c", f"{example.command}\n"]
    return subprocess.run(
        command,
        cwd=directory,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture
def books(django_db_setup, django_db_blocker, run_of_tests, worker_id) -> Iterator[str]:
    """The address of a database that is the document's own."""
    with django_db_blocker.unblock():
        database = run_of_tests.clone(f"{worker_id}_document")
        yield run_of_tests.address(database)
        run_of_tests.drop(database)


@pytest.mark.parametrize("document", [one for one in documents() if examples(one.read_text())], ids=name)
def test_the_examples_of(document: Path, tmp_path: Path, books: str):
    for folder in ("examples", "docs"):
        (tmp_path / folder).symlink_to(PROJECT / folder)
    language = "zh_CN.UTF-8" if document.name.endswith(".zh-CN.md") else "C.UTF-8"
    for example in examples(document.read_text()):
        answer = run(example, tmp_path, language=language, books=books)
        assert answer.returncode == example.status, f"$ {example.command}\n{answer.stdout}"
        assert says(example, answer.stdout), f"$ {example.command}\n{answer.stdout}\nis stated as\n{example.output}"


def test_examples_are_found_and_compared():
    text = "```console\n$ make demo\nshown\n$ tanhui a \\\n  b  # exit 1\none\n...\nlast\n$ tanhui c\n```\n```sh\n$ tanhui d\n```\n"
    first, second = examples(text)
    assert (first.command, first.status, first.output) == ("tanhui a    b  # exit 1", 1, "one\n...\nlast")
    assert (second.command, second.status, second.output) == ("tanhui c", 0, "")
    assert says(first, "one\nlast\n")
    assert says(first, "one\nand\nmore\nlast\n")
    assert not says(first, "one\nmore\n")
    assert says(second, "whatever")
