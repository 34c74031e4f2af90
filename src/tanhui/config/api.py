"""The interfaces under `/api/`, given their surroundings: the clock, the databases, the installation's key."""

from datetime import UTC, datetime

from tanhui.config.dispatch import Application
from tanhui.config.environment import environment
from tanhui.config.keys import person_key
from tanhui.config.sandbox import enter_sandbox, prepare_sandbox
from tanhui.flows.scheme import Scheme, open_scheme
from tanhui.presentation.api.app import build
from tanhui.presentation.api.around import Around
from tanhui.steps.quantify.library import library


def api_application() -> Application:
    """The application; opens nothing yet."""
    around = Around(
        now=_now, open_scheme=_open_scheme, prepare_sandbox=prepare_sandbox, enter_sandbox=enter_sandbox,
        master=person_key(environment()),
    )  # fmt: skip
    return build(around)


def _open_scheme() -> Scheme:
    return open_scheme(library=library(environment().gwp_set), secret=person_key(environment()), now=_now())


def _now() -> datetime:
    return datetime.now(UTC)
