"""Persons to test with: a provider's simulator as a process of its own, and everything a person does, through the flows."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import httpx
from tests.batches import NOW, Desk
from tests.documents import PROJECT

_RANDOM = Random()
_ADDRESSES = count(1)
_GIVEN: set[str] = set()


@dataclass
class Provider:
    """The simulator of the provider, and its two adapters."""

    address: str
    outside: Any

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.seen()["messages"]

    def seen(self) -> dict[str, Any]:
        return httpx.get(f"{self.address}/simulator/messages").json()

    def code(self, phone: str) -> str:
        """The last code that came to the phone."""
        digits = "".join(filter(str.isdigit, phone))[-11:]
        return [one["parameters"][0] for one in self.messages if one["phone"].endswith(digits)][-1]

    def knows(self, id_number: str, name: str) -> None:
        httpx.post(f"{self.address}/simulator/people", json={id_number: name}).raise_for_status()

    @contextmanager
    def mood(self, **mood: Any) -> Iterator[None]:
        httpx.post(f"{self.address}/simulator/mood", json=mood).raise_for_status()
        yield
        httpx.post(f"{self.address}/simulator/mood", json={}).raise_for_status()


@contextmanager
def running_provider() -> Iterator[Provider]:
    """The provider, until the block ends."""
    from tanhui.participants.persons.providers.tencent import TencentIdentity, TencentSettings, TencentSms
    from tanhui.participants.persons.types import Outside

    command = [sys.executable, "-m", "simulators.tencent", "--any-time"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[-1]
            settings = TencentSettings(
                "AKIDsimulator", "simulator-key", sms_app="1400006666", sms_sign="碳惠", sms_template="1110",
                sms_endpoint=address, faceid_endpoint=address,
            )  # fmt: skip
            yield Provider(address, Outside(TencentSms(settings), TencentIdentity(settings)))
        finally:
            process.terminate()


def new_phone() -> str:
    return f"1{_RANDOM.choice('3456789')}{_RANDOM.randrange(10**9):09d}"


def new_id_number(born: str = "19900101") -> str:
    """A number with a right check character (GB 11643); none twice, as persons that are committed stay."""
    body = f"{_RANDOM.choice(['110101', '440305', '310104'])}{born}{_RANDOM.randrange(1000):03d}"
    if body in _GIVEN:
        return new_id_number(born)
    _GIVEN.add(body)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11]


@dataclass
class People:
    """What persons do, each with a phone of their own; `desk` is a partner of this test alone."""

    provider: Provider
    desk: Desk
    now: datetime = NOW
    phones: dict[int, str] = field(default_factory=dict)
    names: dict[int, tuple[str, str]] = field(default_factory=dict)

    def digest(self, purpose: str) -> str:
        from tanhui.participants.persons.notices import notice_in_force

        return notice_in_force(purpose, on=self.now.date()).digest

    def ask_code(self, phone: str, *, address: str | None = None) -> None:
        from tanhui.flows.sign_in import request_code

        where = address or f"test {next(_ADDRESSES)} {_RANDOM.randrange(10**12)}"
        request_code(phone, address=where, outside=self.provider.outside, now=self.now)

    def sign_in(self, phone: str | None = None, code: str | None = None) -> Any:
        from tanhui.flows.sign_in import sign_in

        phone = phone or new_phone()
        if code is None:
            self.ask_code(phone)
        signed = sign_in(
            phone, code or self.provider.code(phone), notice=self.digest("platform"), device="test", now=self.now
        )
        self.phones[signed.person] = phone
        return signed

    def verify(
        self, person: int, number: str | None = None, name: str = "欧阳测试甲", *, known: str | None = None
    ) -> str:
        """The person's ID number, after the provider has said that it is theirs."""
        from tanhui.flows.verify_person import verify_person

        number = new_id_number() if number is None else number
        self.provider.knows(number, known or name)
        verify_person(
            person,
            real_name=name,
            id_number=number,
            notice=self.digest("identity"),
            outside=self.provider.outside,
            now=self.now,
        )
        self.names[person] = (name, number)
        return number

    def verified(self, **more: Any) -> int:
        person = self.sign_in().person
        self.verify(person, **more)
        return person

    def consent(self, person: int, purpose: str = "collect") -> None:
        from tanhui.flows.decide_consent import give

        give(person, purpose=purpose, notice=self.digest(purpose), partner=self.desk.terms.code, now=self.now)

    def withdraw(self, person: int, purpose: str = "collect") -> None:
        from tanhui.flows.decide_consent import withdraw

        withdraw(person, purpose=purpose, partner=self.desk.terms.code, now=self.now)

    def link(self, person: int, user: str) -> None:
        """By consent and code, as the partner's user of that id."""
        from tanhui.flows.link_person import claim_link, link_code

        self.consent(person)
        code = link_code(person, partner=self.desk.terms.code, now=self.now)
        claim_link(self.desk.terms, code=code, user=user, secret=self.desk.secret, now=self.now)
        self.desk.people[user] = person

    def linked(self, user: str = "anna") -> int:
        """A verified person who is linked to that user."""
        person = self.verified()
        self.link(person, user)
        return person

    def later(self, **span: float) -> "People":
        """The same people, so much later."""
        return People(self.provider, self.desk, self.now + timedelta(**span), self.phones, self.names)

    def begin_closing(self, person: int) -> int:
        from tanhui.flows.account_state import begin_closing

        return begin_closing(person, reason="no longer wanted", actor="person", now=self.now)

    def close(self, person: int) -> int:
        """Closes the account at once after its seven days, and says what was forfeited."""
        from tanhui.flows.account_state import close_account

        self.begin_closing(person)
        return close_account(person, reason="asked for", actor="person", now=self.now + timedelta(days=7))


def open_people(provider: Provider) -> People:
    """People of one test alone, whose partner's consents the platform obtains."""
    from tanhui.flows.platform_consent import obtain_consents

    desk = Desk.open()
    desk.terms = obtain_consents(desk.terms.code, by="platform")
    return People(provider, desk)
