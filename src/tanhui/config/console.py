"""The console script `tanhui`: gives the command line its surroundings, so that it need not know where they come from."""

import os
import sys
from datetime import UTC, datetime

import django

from tanhui.config.environment import environment
from tanhui.config.keys import person_key
from tanhui.presentation.cli.books import Surroundings
from tanhui.presentation.cli.main import run


def main() -> None:
    """Runs the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tanhui.config.settings")
    run(
        sys.argv[1:],
        Surroundings(
            setup=django.setup,
            prepare=_prepare,
            person_key=lambda: person_key(environment()),
            now=lambda: datetime.now(UTC),
        ),
    )


def _prepare() -> None:
    from tanhui.config.prepare import prepare  # noqa: PLC0415 - only commands that keep books load the database machinery

    prepare()
