"""What the command line prints: tables and sentences for people, one JSON object for programs; refusals on stderr, exit 1."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text as Literally

from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.presentation.cli.language import LANGUAGE, say, told

console = Console(highlight=False, emoji=False)
errors = Console(stderr=True, highlight=False, emoji=False)
json_option = click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出", "Print JSON"))


_CONTROLS = dict.fromkeys([*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)], "\ufffd")


def harmless(text: str) -> str:
    """What a file or a person wrote, for a terminal to show: it commands nothing there."""
    return text.translate(_CONTROLS)


def literally(text: str) -> str:
    """The same inside of a marked-up line: what looks like our markup is shown as it stands."""
    return escape(harmless(text))


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
        table.add_row(*(Literally(harmless(str(cell))) for cell in row))
    console.print(table)


def operand_line(row: Json) -> str:
    """A number of a formula in one line: its place there, what it is, its value, and where it comes from."""
    return f"[dim]{row['part']:7}[/] {told(row['title'])} [bold]{row['value']}[/] {row['unit']}  [dim]{_origin(row)}[/]"


def _origin(row: Json) -> str:
    if row.get("assumption"):
        return say("假设：", "assumption: ") + told(row["assumption"])
    source = row["source"] or {}
    return (
        f"{told(source['title'])} ({source['publisher']}, {source['year']})"
        if "title" in source
        else told(source or None)
    )


def refuse(refusal: Refusal, *, as_json: bool = False) -> NoReturn:
    """Says why it was refused and ends with exit status 1."""
    if as_json:
        body = {"refused": refusal.code, "field": refusal.field, "zh": refusal.text.zh, "en": refusal.text.en}
        print_json(body)
    else:
        errors.print(f"[red]{say('被拒绝', 'Refused')}[/] \\[{refusal.code}] ", end="")
        errors.print(harmless(refusal.get(LANGUAGE)), markup=False)
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
