"""A sentence in the two languages of the platform."""

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """The same sentence in Chinese and in English."""

    zh: str
    en: str

    def get(self, language: Language) -> str:
        """The sentence in `language`."""
        return self.zh if language == "zh" else self.en

    def format(self, **values: object) -> "Text":
        """The sentence with its `{names}` filled in, in both languages; a `Text` value fills in its own language."""
        per = {
            language: {
                name: value.get(language) if isinstance(value, Text) else value for name, value in values.items()
            }
            for language in ("zh", "en")
        }
        return Text(self.zh.format(**per["zh"]), self.en.format(**per["en"]))
