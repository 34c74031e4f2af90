"""The console script: every command, and how a refusal ends (1) and a wrong call (2)."""

import sys

import click

from tanhui.core.refusal import Refusal
from tanhui.presentation.cli.language import say, without_language
from tanhui.presentation.cli.output import refuse
from tanhui.presentation.cli.quantify import quantify


class Commands(click.Group):
    """A group whose commands end with exit status 1 when they are refused."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command; a refusal is told in the language spoken, never as a trace."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            refuse(refusal, as_json=bool(_innermost(ctx).params.get("as_json")))


def _innermost(ctx: click.Context) -> click.Context:
    return click.get_current_context(silent=True) or ctx


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=say(
        "碳惠：碳普惠开放平台（T/CECA-G 0203—2022）。",
        "Tanhui: the open platform for carbon inclusion (T/CECA-G 0203—2022).",
    ),
)
@click.option("--lang", type=click.Choice(["zh", "en"]), expose_value=False, help=say("语言", "Language"))
@click.version_option(package_name="tanhui")
def commands() -> None:
    """The root of all commands."""


commands.add_command(quantify)


def main() -> None:
    """The console script."""
    commands(args=without_language(sys.argv[1:]))
