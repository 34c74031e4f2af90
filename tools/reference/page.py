"""A page of Markdown in one language, written line by line."""

from collections.abc import Iterable, Sequence
from datetime import date

from tanhui.core.factors import Source
from tanhui.core.text import Language, Text

AS_OF = date(2026, 1, 1)
"""The day the figures of the pages are computed for."""


def page_name(name: str, language: Language) -> str:
    """The file name of a page in a language."""
    return f"{name}.md" if language == "en" else f"{name}.zh.md"


class Page:
    """Lines of Markdown; what is bilingual is written in the page's language."""

    def __init__(self, language: Language) -> None:
        """An empty page."""
        self.language = language
        self._parts: list[str] = []

    def say(self, zh: str, en: str) -> str:
        """One of the two, by the page's language."""
        return zh if self.language == "zh" else en

    def tell(self, text: Text | None) -> str:
        """A bilingual sentence in the page's language, on one line."""
        return "" if text is None else " ".join(text.get(self.language).split())

    def write(self, text: str) -> None:
        """A paragraph, a heading or a list."""
        self._parts.append(text.strip("\n"))

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table; a heading that ends with `:` is of figures, set to the right."""
        sides = ["---:" if heading.endswith(":") else "---" for heading in headings]
        names = [heading.removesuffix(":") for heading in headings]
        lines = [names, sides, *([_cell(cell) for cell in row] for row in rows)]
        self.write("\n".join("| " + " | ".join(line) + " |" for line in lines))

    def folded(self, summary: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A long table that is opened by a click."""
        self.write(f"<details><summary>{summary}</summary>")
        self.table(headings, rows)
        self.write("</details>")

    def source(self, source: Source) -> str:
        """A source as a link with its publisher and year."""
        return f"{self.link(source)} ({source.publisher}, {source.year})"

    def link(self, source: Source) -> str:
        """A source's title, which leads to where it was read; what is no address stands beside it."""
        title = self.tell(source.title)
        return f"[{title}]({source.url})" if source.url.startswith("http") else f"{title}, {source.url}"

    def __str__(self) -> str:
        """The whole page."""
        return "\n\n".join(self._parts) + "\n"


def _cell(cell: object) -> str:
    return str(cell).replace("|", "\\|").replace("\n", " ")
