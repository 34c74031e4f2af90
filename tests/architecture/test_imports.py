"""Imports point down the tree (`.importlinter`), and an app's tables are its own."""

import os
import subprocess
import sys
from pathlib import Path

import grimp

PROJECT = Path(__file__).resolve().parents[2]
PRIVATE = {"models", "migrations"}


def test_imports_point_down():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    surroundings = os.environ | {"PYTHONPATH": str(PROJECT / "src")}
    answer = subprocess.run(command, cwd=PROJECT, env=surroundings, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_nobody_imports_the_tables_of_another_app():
    """An app is read and written through its functions; its `models` are its own business. Imports for types count, too."""
    graph = grimp.build_graph("tanhui", include_external_packages=False, cache_dir=None)
    private = [module for module in graph.modules if module.rsplit(".", 1)[-1] in PRIVATE]
    entered = [
        f"{importer} -> {module}"
        for module in private
        for importer in graph.find_modules_that_directly_import(module)
        if not f"{importer}.".startswith(f"{module.rsplit('.', 1)[0]}.")
    ]
    assert private
    assert sorted(entered) == []
