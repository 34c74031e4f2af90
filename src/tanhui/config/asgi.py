"""The server's application: the interfaces under `/api/`. Started by `uvicorn tanhui.config.asgi:application`."""

import os
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tanhui.config.settings")

from tanhui.config.environment import environment
from tanhui.config.prepare import prepare

prepare()

from tanhui.config.keys import person_key  # noqa: E402 - models can be imported from here on
from tanhui.config.sandbox import enter_sandbox, prepare_sandbox  # noqa: E402
from tanhui.flows.scheme import Scheme, open_scheme  # noqa: E402
from tanhui.presentation.api.app import build  # noqa: E402
from tanhui.presentation.api.around import Around  # noqa: E402
from tanhui.steps.quantify.library import library  # noqa: E402


def _now() -> datetime:
    return datetime.now(UTC)


def _open() -> Scheme:
    return open_scheme(library=library(environment().gwp_set), secret=person_key(environment()), now=_now())


application = build(
    Around(
        now=_now,
        open_scheme=_open,
        prepare_sandbox=prepare_sandbox,
        enter_sandbox=enter_sandbox,
        master=person_key(environment()),
    )
)
