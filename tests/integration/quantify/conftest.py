"""Tests on books; see `tests/bookkeeping.py`."""

from tests.bookkeeping import books

__all__ = ["books"]
