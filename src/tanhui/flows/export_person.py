"""A person's data to take along (PIPL 45): one JSON document and the same as CSV, each signed by the installation's key.

Whoever has the published key can check offline that these bytes were handed out here, unaltered: `verify_document`.
"""

import csv
import io
import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from tanhui.flows.attempts import in_transaction
from tanhui.flows.rights_desk import PERSON, Data
from tanhui.participants.persons.kept import kept_of
from tanhui.participants.persons.rights import add_event, make_request
from tanhui.participants.persons.signing import Signer, signer
from tanhui.participants.persons.states import hold_person
from tanhui.participants.persons.types import refused
from tanhui.steps.account.corrections import moment
from tanhui.steps.account.services import local_day
from tanhui.support.ledger.holdings import holdings_of

FORMAT = "tanhui-person-export/1"


@dataclass(frozen=True, slots=True)
class Export:
    """What is handed out: two documents as bytes, and of each the detached signature as a JSON document of its own."""

    document: bytes
    document_signature: bytes
    table: bytes
    table_signature: bytes


def export_person(person: int, *, now: datetime) -> Export:
    """All of the person's data, as one moment saw them, signed. Kept as asked and answered.

    The CSV has a line per value: table, row, column, value. Raises `Refusal`: `person_unknown`, `state_refused` (closed).
    """
    signing = in_transaction(partial(signer, now=now))
    data = in_transaction(partial(_collect, person, now))
    head = {"format": FORMAT, "person": f"P{person}", "made_at": now.isoformat(), "key": signing.number}
    document = json.dumps(
        {**head, "tables": data}, ensure_ascii=False, sort_keys=True, indent=1, default=_plain
    ).encode()
    table = _csv(data)
    return Export(document, _signature(signing, document, now), table, _signature(signing, table, now))


def _collect(person: int, now: datetime) -> Data:
    state = hold_person(person)
    if state == "closed":
        raise refused("state_refused", s=state)
    number = make_request(person, "export", today=local_day(moment(now)), actor=PERSON, now=now)
    add_event(number, "fulfilled", actor="platform", now=now)
    return kept_of(person) | holdings_of(person)


def _signature(signing: Signer, message: bytes, now: datetime) -> bytes:
    made = {
        "format": "tanhui-signature/1", "key": signing.number, "algorithm": signing.algorithm, "public": signing.public,
        "signed_at": now.isoformat(), "signature": b64encode(signing.sign(message)).decode(),
    }  # fmt: skip
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


def _csv(data: Data) -> bytes:
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(["table", "row", "column", "value"])
    for table, rows in data.items():
        for number, row in enumerate(rows, start=1):
            lines.writerows([table, number, column, _cell(value)] for column, value in row.items())
    return written.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain).strip('"')
    return f"'{text}" if text[:1] in {"=", "+", "@", "\t", "\r"} else text  # a spreadsheet shall not compute it


def _plain(value: object) -> str:
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
    raise TypeError(type(value).__name__)
