"""Which record is which (decision 5): a key from (partner, record id) alone, and a hash of the content it is bound to.

The key is 2 bytes of partner, 4 bytes of place and 10 bytes of hash. The place is taken from the record id itself: running
numbers and ids that begin with a day or a time sort as they were made, so new keys meet in the index instead of scattering
over it. As the time of the act has no part in the key, a record sent again with a mended clock is still the same record.
"""

import re
from collections.abc import Mapping
from hashlib import blake2b
from uuid import UUID

import numpy as np
import polars as pl
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Keys = NDArray[np.void]
Given = NDArray[np.bool_]

_HEX_TIME = r"^([0-9a-fA-F]{8})-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$"
_NUMBER = r"(\d{4,18})"
_ONE_HEX_TIME, _ONE_NUMBER = re.compile(_HEX_TIME), re.compile(_NUMBER)
FEW = 256
_ODD_1, _ODD_2, _ODD_3 = (np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def record_keys(record_ids: list[str], *, partner_id: int) -> Keys:
    """The 16-byte keys of these record ids, of shape (records,)."""
    prefix = partner_id.to_bytes(2, "big")
    parts = np.frombuffer(_hashes(prefix, record_ids), dtype=np.uint8).reshape(-1, 14)
    keys = np.empty((len(record_ids), 16), dtype=np.uint8)
    keys[:, :2] = np.frombuffer(prefix, dtype=np.uint8)
    keys[:, 2:6] = _places(record_ids, otherwise=parts[:, :4])
    keys[:, 6:] = parts[:, 4:]
    return keys.view("V16").ravel()


def record_key(record_id: str, *, partner_id: int) -> UUID:
    """The key of one record id."""
    return UUID(bytes=record_keys([record_id], partner_id=partner_id)[0].tobytes())


def derived_key(key: UUID, what: str) -> UUID:
    """The key of what follows from a posting (its reversal, its replacement): same partner and place, another hash."""
    return UUID(bytes=key.bytes[:6] + blake2b(key.bytes + what.encode(), digest_size=10).digest())


def content_hashes(columns: Mapping[str, Integers], *, optional: Mapping[str, tuple[Integers, Given]]) -> Integers:
    """A 64-bit hash of each row over named columns, whatever their order: the content that a record id is bound to.

    An optional column comes with where it is given; where it is not, it counts as if there were no such column.
    """
    total = np.zeros(len(next(iter(columns.values()))), dtype=np.uint64)
    for name, column in columns.items():
        total += _mix(column.view(np.uint64) + _seed(name))
    for name, (column, given) in optional.items():
        total += np.where(given, _mix(column.view(np.uint64) + _seed(name)), np.uint64(0))
    return _mix(total).view(np.int64)


def _seed(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big"))


def _hashes(prefix: bytes, record_ids: list[str]) -> bytes:
    of_partner = blake2b(prefix, digest_size=14)
    hashes = []
    for record_id in record_ids:
        hashed = of_partner.copy()  # twice as fast as beginning anew
        hashed.update(record_id.encode())
        hashes.append(hashed.digest())
    return b"".join(hashes)


def _places(record_ids: list[str], *, otherwise: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if len(record_ids) <= FEW:
        return _places_of_few(record_ids, otherwise)
    frame = pl.DataFrame({"id": record_ids}, schema={"id": pl.String()})
    number = pl.coalesce(
        pl.col("id").str.extract(_HEX_TIME).str.to_integer(base=16, strict=False),
        pl.col("id").str.extract(_NUMBER).cast(pl.Int64, strict=False) & 0xFFFFFFFF,
    )
    places = frame.select(number.alias("place"))["place"]
    found = places.fill_null(0).to_numpy().astype(">u4").view(np.uint8).reshape(-1, 4)
    return np.where(places.is_null().to_numpy()[:, None], otherwise, found)


def _places_of_few(record_ids: list[str], otherwise: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same one by one: for few records a query plan costs more than its work."""
    places = otherwise.copy()
    for record, record_id in enumerate(record_ids):
        if (found := _ONE_HEX_TIME.fullmatch(record_id)) is not None:
            place = int(found[1], 16)
        elif (found := _ONE_NUMBER.search(record_id)) is not None and found[1].isascii():
            place = int(found[1]) & 0xFFFFFFFF
        else:
            continue
        places[record] = list(place.to_bytes(4, "big"))
    return places


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * _ODD_2
    values = (values ^ (values >> np.uint64(27))) * _ODD_3
    return (values ^ (values >> np.uint64(31))) * _ODD_1
