"""What is refused as a signing key, the same for each suite."""

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text


def not_a_signing_key(algorithm: str) -> Refusal:
    """The refusal of a PEM that holds no key of that algorithm. It repeats nothing of the PEM."""
    text = Text("这不是 {a} 的 PEM 密钥。", "This is no {a} key in PEM form.").format(a=algorithm)
    return Refusal("signing_key", text, field="key")
