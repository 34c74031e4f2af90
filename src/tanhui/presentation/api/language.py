"""Which of the two languages a caller asks for (Accept-Language, RFC 9110 12.5.4)."""

from functools import lru_cache

from tanhui.core.text import Language


@lru_cache(maxsize=256)
def language_asked(header: str) -> Language:
    """Chinese or English, whichever is wanted more; English when neither is named."""
    best: tuple[float, Language] = (0.0, "en")
    for part in header[:200].split(","):
        tag, _, quality = part.partition(";")
        spoken = tag.strip().lower().partition("-")[0]
        weight = _weight(quality)
        if spoken == "zh" and weight > best[0]:
            best = (weight, "zh")
        elif spoken == "en" and weight > best[0]:
            best = (weight, "en")
    return best[1]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    return float(value) if value.replace(".", "", 1).isascii() and value.replace(".", "", 1).isdigit() else 0.0
