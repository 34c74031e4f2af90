"""The 59 behaviors of Appendix A, and how one is named: by its number, its code or its name in the table."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from tanhui.core.methodology import Behavior
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.identify.documents import Document

METHODOLOGIES = Path(str(files("tanhui"))) / "methodologies"


@lru_cache(maxsize=1)
def behaviors() -> tuple[Behavior, ...]:
    """All behaviors in the order of Appendix A."""
    content = Document(METHODOLOGIES / "behaviors.yaml").content
    categories = {code: Text(**text) for code, text in content["categories"].items()}
    return tuple(
        Behavior(row["number"], row["code"], categories[row["category"]], Text(row["zh"], row["en"]))
        for row in content["behaviors"]
    )


def behavior_named(name: str) -> Behavior:
    """The behavior with that number, code or Chinese name. Raises `Refusal` for any other name."""
    for behavior in behaviors():
        if name.replace(" ", "") in {str(behavior.number), behavior.code, behavior.name.zh}:
            return behavior
    raise Refusal(
        "behavior_unknown",
        Text(
            "没有“{n}”这一行为；请给出附录 A 的序号（1-59）、代码（如 metro）或名称（如地铁出行）。",
            "There is no behavior “{n}”; give a number of Appendix A (1-59), a code (such as metro) or the name in Chinese.",
        ).format(n=name),
        field="behavior",
    )
