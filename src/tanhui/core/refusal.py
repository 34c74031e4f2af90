"""Refusals: what a user did that cannot be done, named, in both languages, with what would be right."""

from tanhui.core.text import Language, Text


class Refusal(Exception):  # noqa: N818 - a refusal is an expected answer, not an error of ours
    """An expected refusal: a stable `code`, a sentence in both languages and, where it fits, the field at fault."""

    def __init__(self, code: str, text: Text, *, field: str | None = None) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text
        self.field = field

    def get(self, language: Language) -> str:
        """The sentence in `language`."""
        return self.text.get(language)
