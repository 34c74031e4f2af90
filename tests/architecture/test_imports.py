"""Imports point down the tree (`.importlinter`), and an app is entered only through its public face."""

import os
import subprocess
import sys
from pathlib import Path

import grimp

PROJECT = Path(__file__).resolve().parents[2]
PUBLIC = {"services", "selectors", "policies", "types", "apps"}


def test_imports_point_down():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    surroundings = os.environ | {"PYTHONPATH": str(PROJECT / "src")}
    answer = subprocess.run(command, cwd=PROJECT, env=surroundings, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_only_public_faces_are_imported():
    """What has `models` is an app; the rest of it is its own business. Imports for types count, too."""
    graph = grimp.build_graph("tanhui", include_external_packages=False, cache_dir=None)
    apps = {module.removesuffix(".models") for module in graph.modules if module.endswith(".models")}
    private = {
        (owner, module)
        for owner in apps
        for module in graph.find_descendants(owner)
        if module.removeprefix(f"{owner}.").split(".")[0] not in PUBLIC
    }
    entered = [
        f"{importer} -> {module}"
        for owner, module in private
        for importer in graph.find_modules_that_directly_import(module)
        if not f"{importer}.".startswith(f"{owner}.")
    ]
    assert sorted(entered) == []
