"""What the command line prints: tables and sentences for people, one JSON object for programs; refusals on stderr, exit 1."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NoReturn

import click
from rich.console import Console
from rich.table import Table

from tanhui.core.refusal import Refusal
from tanhui.presentation.cli.language import LANGUAGE, say

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)
json_option = click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出", "Print JSON"))


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    written = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    click.echo(written.encode("utf-8", "backslashreplace"))  # a name of a file need not be text


def print_table(title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]) -> None:
    """A table; a column is its heading and `left`, `right` or `whole` (left and never broken, as a code)."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading, side in columns:
        justify: Literal["left", "right"] = "right" if side == "right" else "left"
        table.add_column(heading, justify=justify, overflow="fold", no_wrap=side == "whole")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)


def refuse(refusal: Refusal, *, as_json: bool = False) -> NoReturn:
    """Says why it was refused and ends with exit status 1."""
    if as_json:
        body = {"refused": refusal.code, "field": refusal.field, "zh": refusal.text.zh, "en": refusal.text.en}
        print_json(body)
    else:
        errors.print(f"[red]{say('被拒绝', 'Refused')}[/] \\[{refusal.code}] ", end="")
        errors.print(refusal.get(LANGUAGE), markup=False)
    raise SystemExit(1)


def kilograms(milligrams: int) -> str:
    """Milligrams as kilograms with three decimals, cut and not rounded, so that no total looks larger than it is."""
    sign, grams = "-" if milligrams < 0 else "", abs(milligrams) // 1000
    return f"{sign}{grams // 1000:,}.{grams % 1000:03d}"


def points(milli: int) -> str:
    """Thousandths of a point as points."""
    sign = "-" if milli < 0 else ""
    whole, rest = divmod(abs(milli), 1000)
    return f"{sign}{whole:,}" + (f".{rest:03d}" if rest else "")
