"""Cuts the slices of this folder out of the files as their publishers give them out.

    python examples/cut.py FOLDER [TARGET]

reads the five source files below from FOLDER and writes the slices to TARGET, or beside itself. It needs Python and nothing
else. What it keeps, it keeps whole: a person, a household, a month with every invoice in it. The lines it keeps are the
publisher's to the byte, in the publisher's order, with whatever is wrong with them; only lines are left out. A source other
than the one these slices were cut from is refused. The same sources give the same slices: nothing in them is dated.
"""

import gzip
import hashlib
import io
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

Lines = Iterable[bytes]


class Slice(NamedTuple):
    """A file of this folder: what it is cut from (SHA-256 of its unpacked content), and which lines are kept."""

    target: str
    source: str
    sha256: str
    keep: Callable[[Lines], Lines]


def everything(lines: Lines) -> Lines:
    """All lines."""
    return lines


def households(*wanted: int) -> Callable[[Lines], Lines]:
    """The lines of whole households, by their place (from 1) in the order in which the file first names them."""

    def keep(lines: Lines) -> Iterator[bytes]:
        places: dict[bytes, int] = {}
        for line in lines:
            household = line.replace(b";", b",").partition(b",")[0]
            if places.setdefault(household, len(places) + 1) in wanted:
                yield line

    return keep


def month(written: bytes) -> Callable[[Lines], Lines]:
    """The lines of a whole month, which is written at the beginning of a cell."""
    return lambda lines: (line for line in lines if b"," + written + b"-" in line)


SLICES = (
    Slice(
        "steps-daily.csv.gz", "fitbit_dailyActivity_merged.csv",
        "7c95bea65c8a4fbcfeb784ae6127f67026c1b614f5716a81a610b35b8046131a", everything,
    ),
    Slice(
        "ev-charging-sessions.csv.gz", "ev_norway12_charging_reports.csv.gz",
        "48c15189e2c1acca7a34d4e3789b1d615ddd091849a9803ae39aee8aec474ed2", everything,
    ),
    Slice(
        "electricity-half-hourly.csv.gz", "sgsc_smart_meter10_halfhourly.csv.gz",
        "4bd4e7c754daf8afff861391b2b625d6bbbab4b612e465a14109ce1a514a92ea", households(1, 2, 3, 4),
    ),
    Slice(
        "water-meter-register.zip", "daiad_swm_trialA.zip",
        "cfdb946447164fb3c90b3344f83be5868e7e9f0ee555ec969fd1c0b3078462ec", households(1, 2, 3, 4, 5, 6, 29),
    ),
    Slice(
        "shop-invoices-2010-12.csv.gz", "online_retail_uci_by_day_concat.csv.gz",
        "c35975c40d0e1e105090fbb11188a409393055f873841bd012915475fc84e69f", month(b"2010-12"),
    ),
)  # fmt: skip


def main(folder: Path, target: Path) -> None:
    """Writes every slice and says how many lines and bytes it has."""
    for part in SLICES:
        name, content = unpacked(folder / part.source)
        if hashlib.sha256(content).hexdigest() != part.sha256:
            sys.exit(f"{part.source} is not the file that {part.target} was cut from")
        header, *lines = content.splitlines(keepends=True)
        kept = list(part.keep(lines))
        path = target / part.target
        path.write_bytes(packed(path, name, header + b"".join(kept)))
        sys.stdout.write(f"{part.target}: {len(kept):,} of {len(lines):,} lines, {path.stat().st_size:,} bytes\n")


def unpacked(path: Path) -> tuple[str, bytes]:
    """The name and the content of the one file that is in this one, or is it."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            (name,) = archive.namelist()
            return name, archive.read(name)
    content = path.read_bytes()
    return path.name.removesuffix(".gz"), gzip.decompress(content) if path.suffix == ".gz" else content


def packed(path: Path, name: str, content: bytes) -> bytes:
    """The content packed as the path's ending says, without dates."""
    if path.suffix == ".gz":
        return gzip.compress(content, compresslevel=9, mtime=0)
    buffer = io.BytesIO()
    entry = zipfile.ZipInfo(name)  # dated 1980-01-01, the first that a zip archive can write
    entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, content, compresslevel=9)
    return buffer.getvalue()


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[-1]) if len(sys.argv) > 2 else Path(__file__).parent)
