"""The refusals of the engine."""

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text


class EngineError(Refusal):
    """The database cannot be had; ``code`` is stable, the sentence says why and what to do."""

    def __init__(self, code: str, *, en: str, zh: str) -> None:
        super().__init__(code, Text(zh=zh, en=en))
