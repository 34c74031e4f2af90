"""Who acts at the command line, and what the flows may look at."""

import click

from tanhui.flows.kinds.kind import Around
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say
from tanhui.support.security.access.selectors import actor_by_login
from tanhui.support.security.access.types import Actor

as_option = click.option(
    "--as", "login", required=True, metavar="LOGIN", help=say("以该工作人员的名义", "The member of staff who does it")
)  # fmt: skip


def acting(login: str) -> tuple[Actor, Around]:
    """The member of staff of that login, on books that are ready. Whoever has the machine is believed to be that person."""
    books.open_books()
    return actor_by_login(login), Around(books.now(), books.surroundings().gwp_set())
