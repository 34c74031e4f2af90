"""The project's documents for people: where they are."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def documents() -> list[Path]:
    """Every Markdown document for people: those at the top, under docs/ and examples/, and the READMEs of packages."""
    top, docs, examples = PROJECT.glob("*.md"), (PROJECT / "docs").rglob("*.md"), (PROJECT / "examples").glob("*.md")
    found = {*top, *docs, *examples, *(PROJECT / "src").rglob("README*.md")}
    return sorted(found)


def name(document: Path) -> str:
    """A document's path from the top, which names its test."""
    return str(document.relative_to(PROJECT))
