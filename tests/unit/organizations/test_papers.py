"""What papers say of themselves: credit codes with their check, files by their content, pieces put together again."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from tanhui.participants.organizations.credit_code import is_credit_code
from tanhui.participants.organizations.media import media_type
from tanhui.participants.organizations.pieces import PIECE, digest_of, joined, pieces
from tanhui.support.security.keys.types import Tampered


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("91350100M000100Y43", True), ("91350100M000100Y34", False), ("91350100M000100Y4", False), ("91350100M000100Y433", False),
        ("91350100M0001O0Y43", False), ("91350100m000100y43", False), ("", False),
    ],
)  # fmt: skip
def test_a_credit_code(code, valid):
    assert is_credit_code(code) is valid


def archive(name: str) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w") as made:
        made.writestr(name, "x")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.4", "application/pdf"), (b"\x89PNG\r\n\x1a\n...", "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (archive("OFD.xml"), "application/ofd"), (archive("word/document.xml"), None), (b"PK\x03\x04cut off", None), (b"MZ", None), (b"", None),
        (b"<html>%PDF-", None),
    ],
)  # fmt: skip
def test_a_file_is_what_its_content_says(content, found):
    assert media_type(content) == found


@pytest.mark.parametrize(("size", "many"), [(1, 1), (PIECE, 1), (PIECE + 1, 2), (3 * PIECE, 3)])
def test_pieces_make_the_file_again(size, many):
    content = bytes(number % 251 for number in range(size))
    cut = pieces(content)
    assert len(cut) == many
    assert joined(cut, digest=digest_of(content)) == content


def test_another_order_or_another_file_is_found_out():
    content = bytes(PIECE) + b"x"
    cut = pieces(content)
    for wrong in (cut[::-1], cut[:1]):
        with pytest.raises(Tampered):
            joined(wrong, digest=digest_of(content))
