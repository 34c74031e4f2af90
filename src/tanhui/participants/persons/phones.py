"""Mobile numbers of mainland China: one written form each, and how they are shown."""

import re

from tanhui.participants.persons.types import refused

_WRITTEN = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")


def phone_number(written: str) -> str:
    """The number as E.164, whatever prefix, spaces or dashes it was written with. Raises `Refusal` `phone_invalid`."""
    found = _WRITTEN.fullmatch(re.sub(r"[ \-\u3000]", "", written))
    if found is None:
        raise refused("phone_invalid")
    return f"+86{found.group(1)}"


def masked_phone(phone: str) -> str:
    """The number with its middle hidden: 138****5678."""
    return f"{phone[3:6]}****{phone[-4:]}"
