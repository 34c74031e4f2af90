"""`tanhui methodologies`: the methodologies of the 59 behaviors, checked, compared and shown (clause 7.3)."""

import click

from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.methodologies.check import check
from tanhui.presentation.cli.methodologies.coverage import coverage
from tanhui.presentation.cli.methodologies.diff import diff
from tanhui.presentation.cli.methodologies.show import list_methodologies, show


@click.group(help=say("方法学：列表、详情、校验、比较、覆盖。", "Methodologies: list, show, check, diff, coverage."))
def methodologies() -> None:
    """The commands about methodologies."""


for command in (list_methodologies, show, check, diff, coverage):
    methodologies.add_command(command)
