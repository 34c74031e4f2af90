"""Numbers as people write them on the command line, exactly."""

import re
from fractions import Fraction

import click

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.presentation.cli.language import say

_NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2}|/\d{1,40})?", re.ASCII)


def figure(written: str) -> Fraction:
    """The number written: a decimal, a fraction `1/3`, or with a small exponent `1.5e3`.

    Raises `ValueError` for anything else: 1e999999999 is a number that fills the memory.
    """
    if not _NUMBER.fullmatch(written):
        raise ValueError(written)
    return Fraction(written)


def field_given(written: str) -> tuple[str, Fraction]:
    """The field and its number, written `FIELD=VALUE`. Raises `UsageError` when it is not so, `Refusal` for no number."""
    name, equals, value = written.partition("=")
    if not equals:
        raise click.UsageError(say(f"“{written}”应写作 FIELD=VALUE。", f"“{written}” must be written FIELD=VALUE."))
    try:
        return name, figure(value)
    except (ValueError, ZeroDivisionError) as problem:
        text = Text("{n} 的值“{v}”不是数字。", "{n} is “{v}”, which is not a number.").format(n=name, v=value)
        raise Refusal("not_a_number", text, field=name) from problem
