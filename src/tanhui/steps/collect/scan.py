"""Where the records of a delimited text begin and end, by scanning its bytes: quoted newlines and separators are no ends.

A record whose quotes stand anywhere but around a whole cell makes its chunk `irregular`: parity cannot be trusted there, and
the chunk is read line by line instead (`lines.py`).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]
_NEWLINE = 10


class Records(NamedTuple):
    """Per record: first byte, the byte of its newline, the line it starts on (from 0) and how many cells it has."""

    start: Positions
    end: Positions
    line: Positions
    cells: Positions
    regular: bool
    lines: int

    @property
    def consumed(self) -> int:
        """How many bytes the complete records take."""
        return int(self.end[-1]) + 1 if self.end.size else 0


def scan(data: bytes, *, separator: str, quote: str) -> Records:
    """The complete records of `data` (each ended by a newline); what follows the last is left for the next chunk."""
    raw = np.frombuffer(data, dtype=np.uint8)
    newlines = np.flatnonzero(raw == _NEWLINE)
    separators = np.flatnonzero(raw == ord(separator))
    quotes = np.flatnonzero(raw == ord(quote)) if quote else np.empty(0, dtype=np.int64)
    regular, ends = True, newlines
    if quotes.size:
        regular = _regular(raw, quotes, ord(separator), ord(quote))
        ends = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        separators = separators[np.searchsorted(quotes, separators) % 2 == 0]
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1] + 1]) if ends.size else ends
    cells = np.searchsorted(separators, ends) - np.searchsorted(separators, starts) + 1
    consumed = int(ends[-1]) + 1 if ends.size else 0
    lines = int(np.searchsorted(newlines, consumed))
    return Records(starts, ends, np.searchsorted(newlines, starts), cells, regular, lines)


def _regular(raw: npt.NDArray[np.uint8], quotes: Positions, separator: int, quote: int) -> bool:
    opening, closing = quotes[::2], quotes[1::2]
    before = raw[np.maximum(opening - 1, 0)]
    after = raw[np.minimum(closing + 1, raw.size - 1)]
    opens = (opening == 0) | np.isin(before, [separator, _NEWLINE, quote])
    closes = (closing == raw.size - 1) | np.isin(after, [separator, _NEWLINE, quote])
    return bool(opens.all() and closes.all())
