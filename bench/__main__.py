"""`python -m bench [NAME …] [--quick]`: runs the benchmarks named, or all, one JSON line each, and a table at the end."""

import argparse
import importlib
import json
import os
import sys
import tempfile
from pathlib import Path

import django

HOME = "TANHUI_BENCH_HOME"
NAMES = ("quantify", "settle", "growth", "ingest", "sealing", "api")


def main() -> None:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all when none is given")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, to see that it works")
    asked = parser.parse_args()
    _use_own_home()
    results = []
    for name in asked.names or NAMES:
        results.append(importlib.import_module(f"bench.{name}").run(quick=asked.quick))
        print(json.dumps(results[-1]), flush=True)
    if len(results) > 1:
        _print_table(results)


def _use_own_home() -> None:
    """The benchmarks have a home of their own: they drop its database."""
    os.environ["TANHUI_HOME"] = os.environ.get(HOME) or str(Path(tempfile.gettempdir()) / "tanhui-bench")
    os.environ.pop("TANHUI_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tanhui.config.settings"
    django.setup()


def _print_table(results: list[dict[str, object]]) -> None:
    for result in results:
        print(f"\n{result['benchmark']}", file=sys.stderr)
        for name, value in result.items():
            if name != "benchmark":
                print(f"  {name:<32} {value!s:>14}", file=sys.stderr)


if __name__ == "__main__":
    main()
