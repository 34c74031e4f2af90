"""Which methodology is meant: by its code, its code and version, or the path of a document."""

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from tanhui.core.methodology import Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.steps.quantify.library import Library
from tanhui.steps.quantify.loader import load_methodology

Stored = Callable[[str, str], Methodology | None]


def methodology_named(shipped: Library, written: str, *, stored: Stored | None = None) -> Methodology:
    """The methodology that `code`, `code@version` or a path names; a version no longer shipped is looked for in `stored`.

    Raises `Refusal` that names near codes when there is none, and `DocumentRefusal` for a document not in order.
    """
    if written.endswith((".yaml", ".yml")) or "/" in written:
        if not Path(written).is_file():
            text = Text("没有文件“{p}”。", "There is no file “{p}”.").format(p=written)
            raise Refusal("document_missing", text, field="path")
        return load_methodology(Path(written), factors=shipped.factors)
    code, _, version = written.partition("@")
    found = shipped.named(code, version or None)
    if found is None and version and stored is not None:
        found = stored(code, version)
    if found is None:
        raise _unknown(shipped, code, version)
    return found


def _unknown(shipped: Library, code: str, version: str) -> Refusal:
    versions = [f"{m.code}@{m.version}" for m in shipped.methodologies if m.code == code]
    near = versions or get_close_matches(code, [m.code for m in shipped.methodologies], n=5, cutoff=0.5)
    said = f"{code}@{version}" if version else code
    hint = Text("；有：{n}。", "; there are: {n}.").format(n=", ".join(near)) if near else Text("。", ".")
    text = Text("没有方法学“{c}”", "There is no methodology “{c}”").format(c=said)
    return Refusal("methodology_unknown", Text(text.zh + hint.zh, text.en + hint.en), field="code")
