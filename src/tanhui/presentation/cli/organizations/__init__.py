"""`tanhui organizations`: who takes part, from the application to the end, and how well a partner delivers."""

import click

from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.organizations import enter, look, move


@click.group(
    help=say(
        "机构：申请、资质、协议、上线、服务水平。", "Organizations: apply, review, agree, go live, service levels."
    )
)
def organizations() -> None:
    """Organizations."""


for command in (*enter.COMMANDS, *move.COMMANDS, *look.COMMANDS):
    organizations.add_command(command)
