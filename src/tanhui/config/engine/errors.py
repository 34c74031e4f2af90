"""The one exception of the engine: an expected refusal, told in both languages."""


class EngineError(Exception):
    """The database cannot be had; ``code`` is stable, ``en`` and ``zh`` say why and what to do."""

    def __init__(self, code: str, *, en: str, zh: str) -> None:
        super().__init__(f"{en}\n{zh}")
        self.code = code
        self.en = en
        self.zh = zh
