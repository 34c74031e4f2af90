"""Damaged files: refused as a whole, or every row accounted for; the books stay in balance and nothing else happens."""

import random
from pathlib import Path

import pytest
from tests.batches import Desk, unbalanced
from tests.deliveries import TINY, bring, tiny

from tanhui.core.refusal import Refusal

TRIES = 12


def mangled(content: bytes, dice: random.Random) -> bytes:
    """The bytes with a few of them changed, lost, repeated or moved."""
    damaged = bytearray(content)
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(damaged) or 1)
        match dice.randrange(6):
            case 0:
                damaged[place : place + 1] = bytes([dice.randrange(256)])
            case 1:
                del damaged[place : place + dice.randint(1, 40)]
            case 2:
                damaged[place:place] = damaged[place : place + dice.randint(1, 80)]
            case 3:
                damaged[place:place] = dice.choice(
                    [b'"', b"\n", b"\r", b"\0", b",", b";", b"\xff\xfe", b"\xef\xbb\xbf", b"]]>", b"{"]
                )
            case 4:
                del damaged[place:]
            case 5:
                damaged[place:place] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 20)))
        damaged = damaged or bytearray(b"x")
    return bytes(damaged)


@pytest.mark.parametrize("mapping", TINY)
def test_a_damaged_file_is_refused_or_every_row_accounted_for(desk: Desk, tmp_path: Path, mapping: str) -> None:
    content, dice = tiny(tmp_path, mapping).read_bytes(), random.Random(mapping)
    if len(content) > 50_000:
        content = content[:50_000]
    for number in range(TRIES):
        path = tmp_path / f"{number}-{TINY[mapping][0]}"
        path.write_bytes(mangled(content, dice))
        try:
            report = bring(desk, path, mapping)
        except Refusal:
            continue
        assert sum(report.rows.values()) == report.read
        assert report.rows["refused"] == sum(report.refused_by_reason.values())
    assert unbalanced() == []
