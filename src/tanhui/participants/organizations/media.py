"""What a file is, by its content and not by its name: the kinds of scans and papers that are taken."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile

PDF, PNG, JPEG, OFD = "application/pdf", "image/png", "image/jpeg", "application/ofd"
LARGEST = 10 * 1024 * 1024
_BEGINNINGS = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))


def media_type(content: bytes) -> str | None:
    """The media type, or None for what is none of PDF, PNG, JPEG and OFD (GB/T 33190, a ZIP with `OFD.xml` in it)."""
    for beginning, found in _BEGINNINGS:
        if content.startswith(beginning):
            return found
    if content.startswith(b"PK\x03\x04"):
        try:
            with ZipFile(BytesIO(content)) as archive:
                return OFD if "OFD.xml" in archive.namelist() else None
        except BadZipFile:
            return None
    return None
