"""The console script `tanhui`: gives the command line its surroundings, so that it need not know where they come from."""

import os
import shutil
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import django

from tanhui.config.engine.places import default_home, places
from tanhui.config.environment import environment
from tanhui.config.keys import person_key
from tanhui.presentation.cli.books import Surroundings, Transport
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.main import run
from tanhui.presentation.cli.output import errors

if TYPE_CHECKING:
    from tanhui.participants.persons.types import Outside

DEMO = "demo"
FAULT = 70
"""The exit status of a fault of the program itself (sysexits.h: EX_SOFTWARE)."""


def main() -> None:
    """Runs the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tanhui.config.settings")
    around = Surroundings(
        setup=django.setup, prepare=_prepare, person_key=lambda: person_key(environment()), now=lambda: datetime.now(UTC), gwp_set=lambda: environment().gwp_set,
        has_books=_has_books, outside=_outside, begin_demo=_begin_demo, end_demo=_end_demo, transport=_transport,
    )  # fmt: skip
    try:
        run(sys.argv[1:], around)
    except Exception:  # noqa: BLE001 - a fault of ours: nobody is shown a trace, whoever mends it finds it in the log
        _report_fault()
        raise SystemExit(FAULT) from None


def _report_fault() -> None:
    """Writes the trace to the log of faults and says where it is."""
    descriptor, log = tempfile.mkstemp(prefix="tanhui-fault-", suffix=".log")  # for this user's eyes alone
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(traceback.format_exc())
    told = say(
        f"程序内部错误，账目未受影响；详情：{log}", f"A fault of the program; the books are unharmed. Details: {log}"
    )
    errors.print(told, style="red", markup=False)


def _prepare() -> None:
    from tanhui.config.prepare import prepare  # noqa: PLC0415 - only commands that keep books load the database machinery

    prepare()


def _outside() -> "Outside":
    from tanhui.config.outside import outside_parties  # noqa: PLC0415 - its models need Django, which is set up first

    return outside_parties(environment())


def _has_books() -> bool:
    named, home = environment().database_url, environment().home
    return named is not None or (places(home).data / "PG_VERSION").exists()


def _transport() -> Transport:
    here = environment()
    return Transport(here.tls_cert, here.tls_key, here.tls_client_ca, here.trusted_proxies)


def _stop(home: Path) -> None:
    from tanhui.config.engine.embedded import stop  # noqa: PLC0415 - as above

    stop(home)


def _begin_demo() -> Path:
    home = default_home() / DEMO
    _stop(home)
    if (home / DEMO).exists():
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / DEMO).touch()  # marks the folder as ours to empty
    os.environ["TANHUI_HOME"] = str(home)
    os.environ.pop("TANHUI_DATABASE_URL", None)
    django.setup()
    return home


def _end_demo() -> None:
    _stop(default_home())
