"""The application's own role cannot change what was booked."""

import pytest
from tests.batches import Desk, postings_of, walk


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET credited_mg = credited_mg + 1", "DELETE FROM ledger_posting", "TRUNCATE ledger_posting",
        "UPDATE ledger_batch SET reference = ''", "DELETE FROM ledger_batch", "DELETE FROM ledger_balance",
        "UPDATE ledger_balance SET available_milli = 0", "UPDATE quantify_coefficient SET terms = '[]'",
        "UPDATE quantify_methodology_version SET document = ''", "UPDATE points_rule SET document = '{}'",
        "DELETE FROM participants_person_link", "DELETE FROM collect_quarantined_row", "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
    ],
)  # fmt: skip
def test_what_was_booked_cannot_be_changed(desk: Desk, statement: str) -> None:
    from django.db import Error, connection, transaction

    desk.send(walk("1"))
    before = postings_of(desk.terms.id), desk.balance()

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert (postings_of(desk.terms.id), desk.balance()) == before
