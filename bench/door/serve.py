"""The platform's door over the benchmarks' database, methodologies and time."""

import os

import django
from starlette.types import ASGIApp

MASTER = b"the benchmarks' own master key 32"


def door() -> ASGIApp:
    """The application, for uvicorn."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tanhui.config.settings"
    django.setup()
    from bench.database import SECRET  # noqa: PLC0415 - Django is set up only now
    from bench.records import NOW, bench_library  # noqa: PLC0415 - Django is set up only now
    from tanhui.config.sandbox import enter_sandbox, prepare_sandbox  # noqa: PLC0415 - Django is set up only now
    from tanhui.flows.scheme import open_scheme  # noqa: PLC0415 - Django is set up only now
    from tanhui.presentation.api.app import build  # noqa: PLC0415 - Django is set up only now
    from tanhui.presentation.api.around import Around  # noqa: PLC0415 - Django is set up only now

    return build(
        Around(
            now=lambda: NOW, open_scheme=lambda: open_scheme(library=bench_library(), secret=SECRET, now=NOW),
            prepare_sandbox=prepare_sandbox, enter_sandbox=enter_sandbox, master=MASTER,
        )
    )  # fmt: skip
