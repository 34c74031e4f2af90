"""Links between documents lead somewhere: to a file that is there, and to a heading in it."""

import re
from pathlib import Path

import pytest
from tests.documents import documents, name

LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    """The headings of a document as they are linked to, and the places it names itself."""
    text = FENCE.sub("", document.read_text())
    headings = re.findall(r"^#+\s+(.*?)\s*#*$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r"""<a (?:id|name)=["']([^"']+)""", text))


def broken(document: Path) -> list[str]:
    wrong = []
    for link in LINK.findall(FENCE.sub("", document.read_text())):
        if re.match(r"[a-z]+:", link):
            continue  # elsewhere: not asked for, so that the tests need no network
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        missing = anchor and target.suffix == ".md" and target.is_file() and anchor not in anchors(target)
        if not target.exists() or missing:
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("document", documents(), ids=name)
def test_links_lead_somewhere(document: Path):
    assert broken(document) == []


def test_a_dead_link_is_seen(tmp_path: Path):
    (tmp_path / "there.md").write_text("# A heading, with 标点\n")
    page = tmp_path / "page.md"
    page.write_text("[a](there.md#a-heading-with-标点) [b](there.md#no) [c](gone.md) [d](https://example.org/gone)\n")
    assert broken(page) == ["there.md#no", "gone.md"]
