"""What the interfaces need from around them: the databases, the key, the clock. The server's application supplies them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tanhui.flows.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Around:
    """How the books are opened, and how a thread comes to work in the sandbox instead of them."""

    now: Callable[[], datetime]
    open_scheme: Callable[[], Scheme]
    """The scheme over the database that the calling thread works in."""
    prepare_sandbox: Callable[[], None]
    """Makes the sandbox's database ready. Raises `EngineError` when there can be none."""
    enter_sandbox: Callable[[], None]
    """From then on the calling thread works in the sandbox's database, and in no other."""
    master: bytes = field(repr=False)
    """The installation's key, from which those of tokens and HMAC signatures are derived."""
