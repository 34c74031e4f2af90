"""The language the command line speaks: `--lang`, else the locale's, read once at the start."""

import os
import sys
from typing import TypeVar

from tanhui.core.text import Language, Text

Spoken = TypeVar("Spoken")


def without_language(arguments: list[str]) -> list[str]:
    """The arguments without `--lang zh`, which may stand anywhere and was read already."""
    kept, skip = [], False
    for argument in arguments:
        if skip or argument == "--lang":
            skip = not skip
        elif not argument.startswith("--lang="):
            kept.append(argument)
    return kept


def _from_arguments(arguments: list[str]) -> str | None:
    for here, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if here == "--lang":
            return following
        if here.startswith("--lang="):
            return here.removeprefix("--lang=")
    return None


def _from_locale() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


LANGUAGE: Language = "zh" if (_from_arguments(sys.argv) or _from_locale()) == "zh" else "en"


def say(zh: str, en: str) -> str:
    """One of the two sentences, in the language spoken."""
    return zh if LANGUAGE == "zh" else en


def tell(text: Text) -> str:
    """A bilingual sentence in the language spoken."""
    return text.get(LANGUAGE)


def told(text: dict[str, str] | None) -> str:
    """A bilingual sentence from JSON in the language spoken."""
    return "" if text is None else text[LANGUAGE]
