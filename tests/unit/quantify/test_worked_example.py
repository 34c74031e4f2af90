"""The worked example of `docs/reference/methodology-format.md` is in order, and its case computes."""

import re
from pathlib import Path

from tests.documents import PROJECT

from tanhui.steps.quantify.checking import check_documents

BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_worked_example(tmp_path: Path) -> None:
    text = (PROJECT / "docs" / "reference" / "methodology-format.md").read_text(encoding="utf-8")
    methodology, cases, factors = BLOCK.findall(text)
    for name, content in (("tram.yaml", methodology), ("tram.cases.yaml", cases), ("grid.yaml", factors)):
        (tmp_path / name).write_text(content, encoding="utf-8")

    checked = check_documents([tmp_path])

    assert [problem.text.en for problem in (*checked.problems, *checked.notes)] == []
    assert (checked.methodologies, checked.factors, checked.cases) == (1, 1, 3)
