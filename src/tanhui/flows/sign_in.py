"""A person signs in by a code sent to the phone; a phone that is new here becomes a new account (6.5)."""

from datetime import datetime
from functools import partial

import numpy as np

from tanhui.flows.attempts import in_transaction
from tanhui.participants.persons.codes import VALID, note_delivery, reserve_code, use_code
from tanhui.participants.persons.consents import current_version, give_consent
from tanhui.participants.persons.notices import notice_in_force
from tanhui.participants.persons.phones import phone_number
from tanhui.participants.persons.registration import next_person, person_of_phone, register_phone
from tanhui.participants.persons.sealed import INDEXED
from tanhui.participants.persons.sessions import begin_session, end_session, end_sessions
from tanhui.participants.persons.states import hold_person
from tanhui.participants.persons.types import Outside, SignedIn, refused
from tanhui.steps.account.corrections import moment
from tanhui.steps.account.ledger import open_carbon_accounts
from tanhui.steps.account.services import local_day
from tanhui.support.security.keys.services import new_key, prepare_keys
from tanhui.support.security.keys.types import NewKey

MINUTES = int(VALID.total_seconds()) // 60


def request_code(phone: str, *, address: str, outside: Outside, now: datetime) -> None:
    """Sends a code to the phone, asked for from that network address. Says the same whether the phone is known or not.

    The code is kept before it is sent and holds once it was. Raises `Refusal`: `phone_invalid`, `code_too_soon`, `sms_failed`.
    """
    written = phone_number(phone)
    prepare_keys(fields=INDEXED)
    new = in_transaction(partial(reserve_code, written, address=address, now=now))
    sent = outside.sms.send_code(written, new.code, minutes=MINUTES, now=now)
    in_transaction(partial(note_delivery, new.number, sent))
    if not sent.taken:
        raise refused("sms_failed")


def sign_in(phone: str, code: str, *, notice: str, device: str, now: datetime) -> SignedIn:
    """A session of the person of that phone, who is registered now if there was none.

    `notice` is the digest of the platform's notice that was shown beside the code. Raises `Refusal`: `phone_invalid`,
    `notice_outdated`, `code_wrong` (each wrong one counts).
    """
    written, today = phone_number(phone), local_day(moment(now))
    if notice_in_force("platform", on=today).digest != notice:
        raise refused("notice_outdated")
    prepare_keys(fields=INDEXED)
    if not in_transaction(partial(use_code, written, code.strip(), now=now)):
        raise refused("code_wrong")
    number, key = _ready_for(written)
    return in_transaction(partial(_enter, written, number, key, notice, device, now))


def sign_out(token: str, *, now: datetime) -> None:
    """Ends the session of that token."""
    in_transaction(partial(end_session, token, now=now))


def sign_out_devices(person: int, *, session: int | None = None, now: datetime) -> int:
    """Ends one of a person's sessions, or all, and says how many."""
    return in_transaction(partial(end_sessions, person, number=session, now=now))


def _ready_for(phone: str) -> tuple[int, NewKey | None]:
    """A number and a key for the new person, when there is none of that phone: asked for ahead of the transaction."""
    if person_of_phone(phone) is not None:
        return 0, None
    number = next_person()
    return number, new_key(number)


def _enter(phone: str, number: int, key: NewKey | None, notice: str, device: str, now: datetime) -> SignedIn:
    new = key is not None and register_phone(number, phone, key=key, now=now)
    person = number if new else person_of_phone(phone)
    if person is None:  # closed between the look and the lock
        raise refused("code_wrong")
    if new:
        open_carbon_accounts(np.array([person], dtype=np.int64))
    today = local_day(moment(now))
    if hold_person(person) == "active" and current_version(person, "platform") != notice:
        give_consent(person, purpose="platform", digest=notice, channel="sign-in", today=today, now=now)
    return SignedIn(begin_session(person, device=device, now=now), person, new)
