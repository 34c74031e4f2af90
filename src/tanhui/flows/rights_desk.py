"""The rights desk (PIPL 44 to 50): a person asks, an answer is due by a day, and everything asked and answered is kept.

What a person may see at once is answered at once, and kept as asked and fulfilled; a correction waits for somebody to look at it.
Closing an account, which erases, is in `account_state`.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.attempts import in_transaction
from tanhui.flows.verify_person import ask_provider
from tanhui.participants.persons.codes import use_code
from tanhui.participants.persons.consents import AUTOMATED, give_consent, withdraw_consent
from tanhui.participants.persons.kept import Processed, kept_of, processing_of
from tanhui.participants.persons.notices import notice_in_force
from tanhui.participants.persons.phones import phone_number
from tanhui.participants.persons.registration import change_phone, check_claim, verify_identity
from tanhui.participants.persons.rights import RequestLine, add_event, make_request, request
from tanhui.participants.persons.sealed import INDEXED
from tanhui.participants.persons.sessions import end_sessions
from tanhui.participants.persons.states import hold_person
from tanhui.participants.persons.types import Outside, refused
from tanhui.steps.account.corrections import moment
from tanhui.steps.account.services import local_day
from tanhui.support.ledger.holdings import holdings_of
from tanhui.support.security.keys.services import prepare_keys

PERSON = "person"
Data = dict[str, list[dict[str, object]]]


def see_my_data(person: int, *, now: datetime) -> Data:
    """Every field kept of the person, table by table, the books included; sealed ones opened. Kept as asked and answered.

    Raises `Refusal` `person_unknown`.
    """
    prepare_keys(fields=INDEXED)
    return in_transaction(partial(_see, person, "access", now))


def see_processing(person: int, *, now: datetime) -> list[Processed]:
    """What was done with the person's data until now, the first first. Kept as asked and answered."""
    return in_transaction(partial(_explain, person, now))


def refuse_automated_decisions(person: int, *, now: datetime) -> None:
    """From now on no rule decides about this person without a human (PIPL 24). Raises `Refusal` `state_refused`."""
    in_transaction(partial(_decide_automated, person, "opt_out", now))


def allow_automated_decisions(person: int, *, now: datetime) -> None:
    """Takes that back. Raises `Refusal` `state_refused`."""
    in_transaction(partial(_decide_automated, person, "opt_in", now))


def ask_correction(person: int, *, subject: str, wanted: Mapping[str, str], now: datetime) -> int:
    """The number of a request to correct something.

    `subject` is `phone` (wanted: `phone`, and `code`, which was sent there), `identity` (`real_name`, `id_number`) or the key of a
    booked record (`text`: what is wrong with it). Raises `Refusal`: `correction_unclear`, `phone_invalid`, `code_wrong`,
    `state_refused`.
    """
    needed = {"phone": {"phone", "code"}, "identity": {"real_name", "id_number"}}.get(subject, {"text"})
    if set(wanted) != needed or not all(value.strip() for value in wanted.values()):
        text = Text("请提供：{n}。", "Give these and no others: {n}.").format(n=", ".join(sorted(needed)))
        raise Refusal("correction_unclear", text, field="wanted")
    prepare_keys(owners=[person], fields=INDEXED)
    detail = dict(wanted)
    if subject == "phone":
        phone = phone_number(wanted["phone"])
        if not in_transaction(partial(use_code, phone, wanted["code"], now=now)):
            raise refused("code_wrong")
        detail = {"phone": phone}
    written = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    return in_transaction(partial(_ask, person, subject, written, now))


def decide_request(
    number: int, *, accept: bool, actor: str, note: str, outside: Outside | None, now: datetime
) -> RequestLine:
    """Somebody of the staff has looked at a correction: it is made now, or refused with the reason.

    A corrected identity is checked by the provider first; nothing else needs `outside`. A record is corrected by its own flow (`correct_activity`); here it is said
    that it was. Raises `Refusal`: `request_unknown`, `request_ended`, `reason_missing`, `not_a_correction`, and as verifying.
    """
    asked = request(number)
    if asked.kind != "correct":
        text = Text("申请 {n} 不是更正申请。", "The request {n} is none to correct something.").format(n=number)
        raise Refusal("not_a_correction", text, field="request")
    if asked.ended:
        raise refused("request_ended", n=number)
    if not accept and not note.strip():
        raise refused("reason_missing")
    prepare_keys(owners=[asked.person], fields=INDEXED)
    wanted = json.loads(asked.detail or "{}")
    if accept and asked.subject == "identity":
        assert outside is not None, "a corrected identity is checked"
        wanted["real_name"], wanted["id_number"] = in_transaction(partial(_recheck, asked, wanted, now))
        ask_provider(asked.person, wanted["real_name"], wanted["id_number"], outside=outside, now=now)
    in_transaction(partial(_settle, asked, wanted, accept, actor, note, now))
    return request(number)


def withdraw_request(person: int, number: int, *, now: datetime) -> None:
    """The person takes a request back. Raises `Refusal`: `request_unknown` (also of another person's), `request_ended`."""
    if request(number).person != person:
        raise refused("request_unknown", n=number)
    in_transaction(partial(add_event, number, "withdrawn", actor=PERSON, now=now))


def _see(person: int, kind: str, now: datetime) -> Data:
    if hold_person(person) == "closed":
        return kept_of(person) | holdings_of(person)
    _answered(person, kind, now)
    return kept_of(person) | holdings_of(person)


def _explain(person: int, now: datetime) -> list[Processed]:
    found = processing_of(person)
    if hold_person(person) != "closed":
        _answered(person, "explain", now)
    return found


def _answered(person: int, kind: str, now: datetime) -> None:
    number = make_request(person, kind, today=_today(now), actor=PERSON, now=now)
    add_event(number, "fulfilled", actor="platform", now=now)


def _decide_automated(person: int, kind: str, now: datetime) -> None:
    if kind == "opt_out":
        withdraw_consent(person, purpose=AUTOMATED, channel="rights desk", now=now)
    else:
        notice = notice_in_force(AUTOMATED, on=_today(now))
        give_consent(person, purpose=AUTOMATED, digest=notice.digest, channel="rights desk", today=_today(now), now=now)
    _answered(person, kind, now)


def _ask(person: int, subject: str, detail: str, now: datetime) -> int:
    state = hold_person(person)
    if state == "closed":
        raise refused("state_refused", s=state)
    return make_request(person, "correct", subject=subject, detail=detail, today=_today(now), actor=PERSON, now=now)


def _recheck(asked: RequestLine, wanted: dict[str, Any], now: datetime) -> tuple[str, str]:
    return check_claim(
        asked.person, real_name=wanted["real_name"], number=wanted["id_number"], today=_today(now), now=now, again=True
    )


def _settle(asked: RequestLine, wanted: dict[str, Any], accept: bool, actor: str, note: str, now: datetime) -> None:  # noqa: FBT001 - from one place
    add_event(asked.number, "fulfilled" if accept else "refused", actor=actor, note=note, now=now)
    if not accept:
        return
    state = hold_person(asked.person)
    if state == "closed":
        raise refused("state_refused", s=state)
    if asked.subject == "phone":
        change_phone(asked.person, wanted["phone"])
        end_sessions(asked.person, now=now)
    elif asked.subject == "identity":
        verify_identity(asked.person, real_name=wanted["real_name"], number=wanted["id_number"], now=now)


def _today(now: datetime) -> date:
    return local_day(moment(now))
