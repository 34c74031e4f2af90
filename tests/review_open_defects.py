"""REVIEW: defects found and not mended; each test fails today. Run: pytest tests/review_open_defects.py.

`python_files` does not collect this file. Move a test to its proper place with the fix.
"""

import pytest
from tests.batches import Desk
from tests.bookkeeping import Books, books
from tests.integration.ledger.test_audit import behind_the_guards, found, full

__all__ = ["books", "full"]
Month = tuple[int, int]


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk.open()


TAMPERED = {
    "the last record is gone": """
        WITH p AS (SELECT * FROM ledger_posting WHERE person_id = %s ORDER BY sequence DESC LIMIT 1),
             gone AS (DELETE FROM ledger_posting AS q USING p WHERE q.key = p.key),
             reversal AS (UPDATE ledger_reversal AS r SET replaced_by = NULL FROM p WHERE r.replaced_by = p.key)
        UPDATE ledger_balance AS b SET postings = b.postings - 1, reduction_mg = b.reduction_mg - p.credited_mg,
               available_milli = b.available_milli - p.points_milli, last_ended_at = (
                   SELECT max(o.occurred_at + o.duration_s * interval '1 second') FROM ledger_posting AS o, p
                   WHERE o.person_id = p.person_id AND o.key <> p.key AND o.kind <> 2)
        FROM p WHERE b.person_id = p.person_id""",
    "another household": "UPDATE ledger_posting SET household = 77 WHERE person_id = %s",
    "another content": "UPDATE ledger_posting SET content = content + 1 WHERE person_id = %s",
    "a blocked account freed or a free one blocked": "UPDATE ledger_balance SET blocked = NOT blocked WHERE person_id = %s",
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_the_audit_finds(full: Books, what: str) -> None:
    full.ride("z")
    full.ride("z")

    with behind_the_guards() as cursor:
        cursor.execute(TAMPERED[what], [full.person("z")])
        assert cursor.rowcount
        assert found()
