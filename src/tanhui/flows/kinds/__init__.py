"""The kinds of proposals there are. A new kind is a module beside these and a line here."""

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.kinds.conversion_rule import CONVERSION_RULE
from tanhui.flows.kinds.correction import CORRECTION
from tanhui.flows.kinds.factor import FACTOR
from tanhui.flows.kinds.kind import Kind
from tanhui.flows.kinds.methodology import METHODOLOGY

KINDS: dict[str, Kind] = {kind.code: kind for kind in (METHODOLOGY, FACTOR, CONVERSION_RULE, CORRECTION)}


def kind_named(code: str) -> Kind:
    """The kind of that code. Raises `Refusal` `kind_unknown`."""
    if code not in KINDS:
        text = Text("没有“{c}”这类申请；可用：{k}。", "There is no kind “{c}”; there are: {k}.")
        raise Refusal("kind_unknown", text.format(c=code, k=", ".join(KINDS)), field="kind")
    return KINDS[code]
