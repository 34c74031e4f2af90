"""`tanhui correct`: a record corrected or withdrawn; what was booked stays, its negative and what is right come after it."""

from dataclasses import asdict

import click

from tanhui.flows.correct_activity import Corrected, correct_activity
from tanhui.flows.propose import demand_alone
from tanhui.presentation.cli import books
from tanhui.presentation.cli.explain import record_number
from tanhui.presentation.cli.figures import field_given
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.output import console, json_option, kilograms, points, print_json, print_table


@click.command(
    help=say(
        "更正一条记录（--replace），或撤销它。RECORD 为记录编号。",
        "Correct a record (--replace), or withdraw it. RECORD is its number.",
    )
)
@click.argument("record")
@click.option("--reason", required=True, help=say("理由，记入账目", "Why; kept in the books"))
@click.option("--actor", default="cli", show_default=True, help=say("谁作的更正", "Who corrects it"))
@click.option(
    "--replace",
    "replaced",
    multiple=True,
    metavar="FIELD=VALUE",
    help=say("正确的数值；不给出则撤销", "What is right; without it the record is withdrawn"),
)
@json_option
def correct(record: str, reason: str, actor: str, replaced: tuple[str, ...], *, as_json: bool) -> None:
    """Corrects or withdraws one record."""
    books.open_books()
    demand_alone("correction")
    replace = dict(field_given(written) for written in replaced) or None
    done = correct_activity(record_number(record), reason=reason, actor=actor, replace=replace, now=books.now())
    if as_json:
        print_json(asdict(done))
    else:
        show_correction(done)


def show_correction(done: Corrected) -> None:
    """Prints what was done for a person."""
    if done.repeated:
        console.print(say("此更正先前已完成，本次未作改动。", "This correction was made before; nothing was done now."))
    title = say("已撤销", "Withdrawn") if done.replacement is None else say("已更正", "Corrected")
    rows = [
        (say("减排量（千克）", "reduction, kg CO2e"), *map(kilograms, done.reduction_mg)),
        (say("入账（千克）", "credited, kg CO2e"), *map(kilograms, done.credited_mg)),
        (say("积分", "points"), *map(points, done.points_milli)),
    ]
    print_table(title, [("", "left"), (say("原", "before"), "right"), (say("现", "after"), "right")], rows)
    console.print(f"{say('冲正', 'reversal')} {done.reversal}")
    if done.replacement is not None:
        console.print(f"{say('更正后的记录', 'replacement')} {done.replacement}")
    console.print(f"P{done.person_id} {say('可用积分', 'points available')} {points(done.available_milli)}")
    if done.blocked:
        console.print(f"[red]{say('该账户已冻结。', 'The account is blocked.')}[/]")
