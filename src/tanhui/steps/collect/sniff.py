"""How a delimited text is written, found by looking: its encoding, its separator, whether and where it has a header."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tanhui.steps.collect.encodings import detect
from tanhui.steps.collect.lines import split_line
from tanhui.steps.collect.table import MOST_PREAMBLE_LINES, trimmed

_SEPARATORS = (";", "\t", "|", ",")
_NUMBERED = re.compile(r"^(column|列|field|字段|unnamed:? ?)_?\d+$", re.IGNORECASE)
_LIKE_DATA = re.compile(r"^[¥￥$€£]?[+-]?[\d.,]+%?$|\d{1,4}[-/.年]\d{1,2}[-/.月]\d|^\d{1,2}:\d{2}|^[0-9a-f]{8}-")


@dataclass(frozen=True)
class Sniffed:
    """What was found. Without a header, `header` is empty and `names` are made up."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    width: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names for the columns of a file without a header; empty when it has one."""
        return () if self.header else tuple(f"column_{number}" for number in range(1, self.width + 1))


def sniff(head: bytes) -> Sniffed:
    """What the first part of a delimited text shows."""
    encoding = detect(head)
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[: MOST_PREAMBLE_LINES * 3]
    lines = lines[:-1] if len(lines) > 1 else lines
    separator, width = max(
        ((separator, *_width(lines, separator)) for separator in _SEPARATORS), key=lambda found: found[1] * found[2]
    )[:2]
    rows = [split_line(line, separator=separator, quote='"') for line in lines[:MOST_PREAMBLE_LINES]]
    return Sniffed(encoding, separator, header_of(rows, width), width)


def header_of(rows: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """The first full row, when nothing in it looks like data; empty when the file begins with data."""
    for cells in rows:
        given = [trimmed(cell) for cell in cells if trimmed(cell) and not _NUMBERED.match(trimmed(cell))]
        if width - 1 <= len(cells) and len(given) * 2 > width:
            return () if any(_LIKE_DATA.search(cell) for cell in given) else tuple(cells)
    return ()


def _width(lines: Sequence[str], separator: str) -> tuple[int, int]:
    """The most common number of cells above one, and on how many lines it stands."""
    counts = Counter(len(split_line(line, separator=separator, quote='"')) for line in lines if line.strip())
    several = {cells: number for cells, number in counts.items() if cells > 1}
    if not several:
        return 1, 0
    cells = max(several, key=lambda cells: several[cells] * cells)
    return cells, several[cells]
