"""What a command needs from around it: Django, the database, the key, the clock. The console script supplies them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tanhui.steps.quantify.library import Library, library

if TYPE_CHECKING:
    from tanhui.flows.scheme import Scheme
    from tanhui.participants.persons.types import Outside


@dataclass(frozen=True, slots=True)
class Transport:
    """How `tanhui serve` is reached: files for TLS, and the proxies whose word about the client is believed."""

    certificate: Path | None
    key: Path | None
    client_authorities: Path | None
    trusted_proxies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How to set Django up, make the database ready, find the key for persons' ids, and tell the time."""

    setup: Callable[[], None]
    prepare: Callable[[], None]
    person_key: Callable[[], bytes]
    now: Callable[[], datetime]
    gwp_set: Callable[[], str]
    has_books: Callable[[], bool]
    """Whether there is a database to look into, without starting or making one."""
    begin_demo: Callable[[], Path]
    """Sets Django up with empty books of the demo's own, and says where they are."""
    end_demo: Callable[[], None]
    transport: Callable[[], Transport]
    outside: "Callable[[], Outside]"
    """Who brings messages and checks identities. Raises `Refusal` when nobody is named."""


def surroundings() -> Surroundings:
    """The surroundings of the command that is running."""
    found = click.get_current_context().find_object(Surroundings)
    assert found is not None
    return found


def now() -> datetime:
    """The time, from the clock that the surroundings give."""
    return surroundings().now()


def today() -> date:
    """The day it is where the command is called."""
    return now().astimezone().date()


def methodologies(gwp_set: str | None = None) -> Library:
    """The library of methodologies under the set of warming potentials named, else the installation's. Raises `Refusal`."""
    return library(gwp_set or surroundings().gwp_set())


def open_books() -> "Scheme":
    """The scheme with its database ready. Raises `Refusal` when there is no database to be had or the key is not its own."""
    from tanhui.flows.apply_due import apply_due  # noqa: PLC0415 - its models need Django, which is set up here first
    from tanhui.flows.scheme import open_scheme  # noqa: PLC0415 - as above
    from tanhui.steps.quantify.adopted import installed_library  # noqa: PLC0415 - as above
    from tanhui.support.security.access.types import platform  # noqa: PLC0415 - as above
    from tanhui.support.security.audit.context import act_as  # noqa: PLC0415 - as above

    around = surroundings()
    around.prepare()
    act_as(platform("cli").reference, request=click.get_current_context().command_path)
    apply_due(gwp_set=around.gwp_set(), now=around.now())
    return open_scheme(library=installed_library(around.gwp_set()), secret=around.person_key(), now=around.now())
