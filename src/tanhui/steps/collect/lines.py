"""Delimited text read line by line, for where quotes are not what they should be: slow, and never guessing across lines."""

import csv
from collections.abc import Sequence
from typing import NamedTuple

MOST_LINES_PER_RECORD = 50


class Row(NamedTuple):
    """A record with the line it starts on, from 0, and its cells."""

    line: int
    cells: list[str]


class Lines(NamedTuple):
    """What could be read, the lines that could not, and how many bytes and lines were consumed."""

    rows: list[Row]
    bad: list[tuple[int, str]]
    consumed: int
    lines: int


def split_line(text: str, *, separator: str, quote: str) -> list[str]:
    """The cells of one line."""
    if not quote:
        return text.split(separator)
    try:
        return next(csv.reader([text], delimiter=separator, quotechar=quote), [])
    except csv.Error:  # a stray carriage return, or a cell beyond all measure
        return text.split(separator)


def read_lines(data: bytes, *, separator: str, quote: str, width: int, final: bool) -> Lines:
    """Rows of `width` cells; blank cells beyond that are dropped.

    A quoted cell may go on over several lines, but only when what results is a row whose quotes all stand around whole cells; otherwise the line is bad by itself.
    """
    texts = data.decode("utf-8", "replace").split("\n")
    tail = texts.pop()
    if final and tail:
        texts.append(tail)
    rows: list[Row] = []
    bad: list[tuple[int, str]] = []
    number = 0
    while number < len(texts):
        text = texts[number]
        cells = fit(split_line(text, separator=separator, quote=quote), width)
        taken = 1
        if cells is None and quote and text.count(quote) % 2:
            cells, taken = _join(texts[number : number + MOST_LINES_PER_RECORD], separator, quote, width)
            if cells is None and not final and number + MOST_LINES_PER_RECORD > len(texts):
                break
        if cells is not None:
            rows.append(Row(number, cells))
        elif text.strip(separator + " \t\r"):
            bad.append((number, text))
        number += taken
    consumed = sum(len(text.encode()) + 1 for text in texts[:number])
    return Lines(rows, bad, min(consumed, len(data)), number)


def fit(cells: list[str], width: int) -> list[str] | None:
    """The cells when there are `width` of them, and no more than blanks beyond."""
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return None
    return cells[:width]


def _join(texts: Sequence[str], separator: str, quote: str, width: int) -> tuple[list[str] | None, int]:
    joined = texts[0]
    for taken, text in enumerate(texts[1:], 2):
        joined += "\n" + text
        if joined.count(quote) % 2 == 0:
            good = fit(_cells(joined, separator, quote), width) if _regular(joined, separator, quote) else None
            return good, taken if good is not None else 1
    return None, 1


def _cells(joined: str, separator: str, quote: str) -> list[str]:
    lines = joined.splitlines(keepends=True)
    try:
        return next(csv.reader(lines, delimiter=separator, quotechar=quote))
    except csv.Error:
        return []


def _regular(text: str, separator: str, quote: str) -> bool:
    opens = True
    for place, character in enumerate(text):
        if character != quote:
            continue
        beside = text[place - 1 : place] if opens else text[place + 1 : place + 2]
        if beside not in {"", separator, "\n", quote}:
            return False
        opens = not opens
    return True
