"""The citizen identification number of 18 characters (GB 11643): its check character and the day of birth in it.

The check character is that of ISO 7064 MOD 11-2. The first six digits name a place as it was called at the time; places have
been renamed since, so only that they are digits is looked at.
"""

import re
from datetime import date

from tanhui.core.text import Text
from tanhui.participants.persons.types import refused

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EARLIEST = date(1900, 1, 1)
CHILD_AGE, ADULT_AGE = 14, 18
"""Years of age: below the first a guardian must consent (PIPL 31); from the second on one may be a guardian."""


def id_number(written: str, *, today: date) -> str:
    """The number in its one written form. Raises `Refusal` `id_number_invalid`, before anybody is asked about it."""
    number = re.sub(r"\s", "", written).upper()
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        raise refused("id_number_invalid", why=Text("应为 18 位", "it must have 18 characters"))
    if _CHECKS[sum(w * int(digit) for w, digit in zip(_WEIGHTS, number, strict=False)) % 11] != number[-1]:
        raise refused("id_number_invalid", why=Text("校验码不符", "its check character is not right"))
    try:
        born = born_on(number)
    except ValueError:
        born = date.max
    if not _EARLIEST <= born <= today:
        raise refused("id_number_invalid", why=Text("出生日期不存在", "there is no such day of birth"))
    return number


def born_on(number: str) -> date:
    """The day of birth that the number states. Raises `ValueError` when there is no such day."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def age(number: str, *, today: date) -> int:
    """Whole years of age on that day. Somebody born on 29 February comes of age on 1 March where that day is missing."""
    born = born_on(number)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def child(number: str, *, today: date) -> bool:
    """Whether somebody of that number is too young to consent alone."""
    return age(number, today=today) < CHILD_AGE


def masked_id_number(number: str) -> str:
    """The number with all but its first and last character hidden."""
    return f"{number[0]}{'*' * 16}{number[-1]}"


def masked_name(name: str) -> str:
    """The name with all but its first character hidden."""
    return name[0] + "*" * (len(name) - 1)
