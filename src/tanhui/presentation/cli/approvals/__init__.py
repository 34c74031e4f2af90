"""`tanhui approvals`: what is proposed, reviewed, approved and comes into force (8.4)."""

import click

from tanhui.presentation.cli.approvals.decide import apply, approve, reject, review, withdraw
from tanhui.presentation.cli.approvals.enter import enter
from tanhui.presentation.cli.approvals.show import list_proposals, show
from tanhui.presentation.cli.language import say


@click.group(
    help=say(
        "录入、复核、审批须由不同的人完成；到期后生效。",
        "Entry, review and approval by different people; what is approved comes into force on its day.",
    )
)
def approvals() -> None:
    """The commands about proposals."""


for command in (list_proposals, show, enter, review, approve, reject, withdraw, apply):
    approvals.add_command(command)
