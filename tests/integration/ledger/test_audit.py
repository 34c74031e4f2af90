"""The audit: quiet on right books, and naming what was changed behind the guards' back."""

from fractions import Fraction

from tests.bookkeeping import NOW, Books


def test_right_books_are_right(books: Books) -> None:
    from tanhui.flows.audit_books import audit_books
    from tanhui.flows.correct_activity import correct_activity

    keys = books.rides([{"person": name, "km": km} for name in "abc" for km in ("1.5", "10", "19.195")])
    correct_activity(keys[0], reason="gone", actor="tester", replace=None, now=NOW)
    correct_activity(keys[4], reason="less", actor="tester", replace={"distance_km": Fraction(7)}, now=NOW)

    audit = audit_books()

    assert audit.problems == []
    assert audit.ok
    assert audit.counts["recomputed"] == audit.counts["postings"] >= 12
