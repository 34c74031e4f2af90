"""Every dependency has its line in `docs/decisions/dependencies.md`, and no line is left of one that is gone."""

import re
import tomllib

from tests.documents import PROJECT


def test_each_dependency_has_one_line():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    stated = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    wanted = sorted(re.match(r"[\w.-]+", one)[0].lower() for one in stated)
    page = (PROJECT / "docs" / "decisions" / "dependencies.md").read_text()
    listed = re.findall(r"^\| ([\w.-]+) \|", page, re.MULTILINE)
    assert sorted(name for name in listed if name != "package") == wanted


def test_the_bench_lock_holds_the_other_at_the_same_versions():
    pins = [
        dict(re.findall(r"^([\w.-]+)==(\S+)", (PROJECT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-bench.lock")
    ]
    assert pins[0].items() <= pins[1].items()
