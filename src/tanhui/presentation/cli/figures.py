"""Numbers as people write them on the command line, exactly."""

import re
from fractions import Fraction

_NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2}|/\d{1,40})?", re.ASCII)


def figure(written: str) -> Fraction:
    """The number written: a decimal, a fraction `1/3`, or with a small exponent `1.5e3`.

    Raises `ValueError` for anything else: 1e999999999 is a number that fills the memory.
    """
    if not _NUMBER.fullmatch(written):
        raise ValueError(written)
    return Fraction(written)
