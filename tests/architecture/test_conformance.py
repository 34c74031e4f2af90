"""`docs/conformance.yaml` says where each clause of the standard is built and tested, and says so truly."""

import re

import pytest
import yaml
from tests.documents import PROJECT

ROWS = yaml.safe_load((PROJECT / "docs" / "conformance.yaml").read_text())["clauses"]
STATUSES = {"planned", "built"}


def missing(reference: str) -> bool:
    """Whether a path, or the test named after `::`, is not there."""
    path, _, test = reference.partition("::")
    file = PROJECT / path
    if not file.exists():
        return True
    return bool(test) and not re.search(rf"^\s*(async )?def {re.escape(test)}\b", file.read_text(), re.MULTILINE)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["clause"]))
def test_a_clause_is_stated_and_what_it_names_is_there(row):
    assert set(row) == {"clause", "asks", "status", "code", "tests"}
    assert set(row["asks"]) == {"zh", "en"}
    assert all(row["asks"].values())
    assert row["status"] in STATUSES
    assert [reference for reference in (*row["code"], *row["tests"]) if missing(reference)] == []
    if row["status"] == "built":
        assert row["code"]
        assert row["tests"]


def test_every_clause_stands_once():
    clauses = [row["clause"] for row in ROWS]
    assert len(clauses) == len(set(clauses))
    assert {str(clause).split(".")[0].split("(")[0] for clause in clauses} >= {"3", "4", "5", "6", "7", "8", "A", "B"}
