"""The generated pages of `docs/reference`: behaviors, methodologies, factors and permissions, from what decides.

`python -m tools.reference` writes them; a test compares what is there with what would be written.
"""

from collections.abc import Iterator
from pathlib import Path

from tools.reference.behavior import behavior_page
from tools.reference.factors import factors_page
from tools.reference.index import index_page
from tools.reference.page import page_name
from tools.reference.permissions import permissions_page
from tools.reference.published import published_page

from tanhui.core.text import Language
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify.library import library

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated page: its path under `FOLDER`, and its text."""
    shipped = library()
    for language in LANGUAGES:
        yield Path(page_name("README", language)), index_page(shipped, language)
        yield Path(page_name("factors", language)), factors_page(shipped, language)
        yield Path(page_name("permissions", language)), permissions_page(language)
        yield Path(page_name("published", language)), published_page(shipped, language)
        for behavior in behaviors():
            name = page_name(f"{behavior.number:02d}-{behavior.code}", language)
            yield Path("behaviors") / name, behavior_page(shipped, behavior, language)
