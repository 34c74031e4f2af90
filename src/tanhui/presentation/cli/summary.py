"""`tanhui summary`: what the scheme has brought, by behavior."""

import click

from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import json_option, kilograms, points, print_json, print_table
from tanhui.steps.account.selectors import totals_by_behavior
from tanhui.steps.identify.behaviors import behaviors


@click.command(
    help=say("按行为汇总：记录、用户、减排量、积分。", "Totals by behavior: records, persons, grams, points.")
)
@json_option
def summary(*, as_json: bool) -> None:
    """Prints the totals."""
    books.open_books()
    show_summary(as_json=as_json)


def show_summary(*, as_json: bool = False) -> None:
    """Prints the totals of everything booked."""
    rows = totals_by_behavior()
    named = {behavior.number: behavior for behavior in behaviors()}
    if as_json:
        print_json([row | {"number": row["behavior"], "behavior": named[row["behavior"]].code} for row in rows])
        return
    columns = [
        (say("行为", "behavior"), "left"),
        (say("记录", "records"), "right"),
        (say("用户", "persons"), "right"),
        ("kg CO2e", "right"),
        (say("积分", "points"), "right"),
    ]
    lines = [
        (
            f"{row['behavior']} {tell(named[row['behavior']].name)}", f"{row['records']:,}", f"{row['persons']:,}",
            kilograms(row["credited_mg"]), points(row["points_milli"]),
        )
        for row in rows
    ]  # fmt: skip
    print_table("", columns, lines)
