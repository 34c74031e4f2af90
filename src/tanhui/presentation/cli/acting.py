"""On whose behalf a command acts: the platform itself, or with `--as LOGIN` a member of staff, with their roles."""

from collections.abc import Callable
from typing import Any

import click

from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say
from tanhui.support.security.access.selectors import actor_by_login
from tanhui.support.security.access.types import Actor, platform
from tanhui.support.security.audit.context import act_as

as_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--as",
    "login",
    help=say("以该工作人员的身份和权限办理", "Act as this member of staff, with their roles"),
)


def acting(login: str | None) -> Actor:
    """Who acts. Makes the database ready; raises `StaffRefused` for an account there is not."""
    books.surroundings().prepare()
    actor = platform("cli") if login is None else actor_by_login(login)
    act_as(actor.reference, request=click.get_current_context().command_path)
    return actor
