#!/usr/bin/env python3
"""Make ``.venv`` with the pinned packages and this project in it, from a bare Python and nothing else.

    python3 tools/bootstrap.py           what is needed to run and to test
    python3 tools/bootstrap.py --bench   the benchmarks' peers too

Does nothing when nothing has changed. Written for old Pythons too, so that they can say that they are too old.
"""

import hashlib
import html
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

OLDEST = (3, 11)
PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "tanhui-stamp.json"
LOCK = "requirements.lock"
BENCH_LOCK = "requirements-bench.lock"  # holds all of the other lock, too

# For a Python without ensurepip (Debian's, unless python3-venv is installed).
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
DEFAULT_INDEX = "https://pypi.org/simple"


class BootstrapError(Exception):
    """What went wrong, in a sentence for the person at the terminal."""


def main(arguments):
    """Bring ``.venv`` up to date; returns the exit status."""
    lock = BENCH_LOCK if "--bench" in arguments else LOCK
    try:
        bring_up_to_date(lock)
    except BootstrapError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def bring_up_to_date(lock):
    """Make or renew ``.venv`` unless its stamp says that it is as it should be."""
    if VENV.is_symlink():
        return  # somebody's shared environment, which they keep themselves
    python = find_python()
    wanted = describe(python, lock)
    stamp = read_stamp()
    if is_current(stamp, wanted):
        return
    if stamp is None or stamp["python"] != wanted["python"] or stamp["project"] != wanted["project"]:
        say(f"making {VENV} with Python {wanted['python']}")
        make_environment(python)
    say(f"installing the packages of {lock}")
    pip("install", "--require-hashes", "-r", str(PROJECT / lock))
    pip("install", "--no-deps", "--no-build-isolation", "-e", str(PROJECT))
    STAMP.write_text(json.dumps(wanted))
    say("done")


def find_python():
    """The Python that runs this if it is new enough, else another of this machine: its command."""
    for candidate in (sys.executable, "python3.13", "python3.12", "python3.11", "python3"):
        command = shutil.which(candidate) if candidate else None
        if command and version_of(command) >= OLDEST:
            return command
    needed, here = ".".join(map(str, OLDEST)), ".".join(map(str, sys.version_info[:2]))
    raise BootstrapError(
        f"Python {needed} or later is needed and was not found (this one is {here}). Install it, for example with\n"
        "    apt-get install python3        (Debian 12, Ubuntu 24.04 or later)\n"
        "    brew install python@3.13       (macOS)\n"
        f"需要 Python {needed} 或更高版本，请先安装。"
    )


def version_of(command):
    """(major, minor) of a Python; (0, 0) if it does not run."""
    try:
        answer = subprocess.check_output(
            [command, "-c", "import sys; print(*sys.version_info[:2])"], stderr=subprocess.DEVNULL
        )
        major, minor = answer.decode().split()
        return int(major), int(minor)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return (0, 0)


def describe(python, lock):
    """What the environment should be: Python, place, and the contents of the files that decide what is in it."""
    locks = [LOCK, BENCH_LOCK] if lock == BENCH_LOCK else [LOCK]
    return {
        "python": ".".join(map(str, version_of(python))),
        "project": str(PROJECT),
        "files": {
            name: hashlib.sha256((PROJECT / name).read_bytes()).hexdigest() for name in [*locks, "pyproject.toml"]
        },
    }


def read_stamp():
    """What the environment is, or None when there is none that was finished."""
    try:
        return json.loads(STAMP.read_text()) if PYTHON.exists() else None
    except (OSError, ValueError):
        return None


def is_current(stamp, wanted):
    """Whether nothing has changed; an environment may hold more than is wanted."""
    if stamp is None or stamp["python"] != wanted["python"] or stamp["project"] != wanted["project"]:
        return False
    return wanted["files"].items() <= stamp["files"].items()


def make_environment(python):
    """An empty environment with pip: Python's own, or else fetched."""
    try:
        run([python, "-m", "venv", "--clear", "--without-pip", str(VENV)])
    except BootstrapError as error:
        raise BootstrapError(
            f"The environment could not be made. On Debian: apt-get install python3-venv.\n{error}"
        ) from None
    try:
        run([str(PYTHON), "-m", "ensurepip", "--default-pip"])
    except BootstrapError:
        say(f"this Python comes without pip: fetching {PIP_WHEEL}")
        wheel = VENV / PIP_WHEEL
        wheel.write_bytes(fetch_pip())
        run([str(PYTHON), str(wheel / "pip"), "install", "--no-index", str(wheel)])
        wheel.unlink()


def fetch_pip():
    """Pip's wheel from the package index, of the hash that stands above."""
    index = (os.environ.get("PIP_INDEX_URL") or DEFAULT_INDEX).rstrip("/") + "/pip/"
    page = fetch(index).decode("utf-8", "replace")
    for link in re.findall(r"""href=["']([^"']+)["']""", page):
        address = urllib.parse.urljoin(index, html.unescape(link)).partition("#")[0]
        if address.rpartition("/")[2] == PIP_WHEEL:
            wheel = fetch(address)
            if hashlib.sha256(wheel).hexdigest() != PIP_SHA256:
                raise BootstrapError(f"{PIP_WHEEL} from {index} is not the file that is expected. Nothing was run.")
            return wheel
    raise BootstrapError(f"{PIP_WHEEL} is not at {index}. Another index can be named in PIP_INDEX_URL.")


def fetch(address):
    """The bytes at an address of the package index."""
    context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or None)
    try:
        with urllib.request.urlopen(address, timeout=60, context=context) as answer:
            return answer.read()
    except (urllib.error.URLError, OSError) as error:
        raise BootstrapError(no_network(f"{address}: {getattr(error, 'reason', error)}")) from None


def pip(*arguments):
    """Run the environment's pip; its errors are told in its own last words."""
    try:
        run([str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments])
    except BootstrapError as error:
        errors = [line for line in str(error).splitlines() if line.startswith("ERROR")] or str(error).splitlines()[-5:]
        raise BootstrapError(no_network("\n".join(errors))) from None


def run(command):
    """Run a command quietly; what it said is the error if it fails."""
    surroundings = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    surroundings["PIP_USER"] = "0"
    answer = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if answer.returncode != 0:
        raise BootstrapError(answer.stdout.decode("utf-8", "replace").strip())


def no_network(reason):
    """The sentence for a download that failed."""
    return (
        f"The packages could not be had:\n{reason}\n"
        "Is there a network? A nearer index can be named, for example "
        "PIP_INDEX_URL=https://pypi.tuna.tsinghua.edu.cn/simple\n"
        "无法下载软件包。请检查网络，或用 PIP_INDEX_URL 指定镜像。"
    )


def say(sentence):
    """Tell what goes on."""
    print(f"bootstrap: {sentence}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
