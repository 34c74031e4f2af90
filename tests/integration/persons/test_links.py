"""Linking a person to a partner's user: by a code that the partner claims, and by a signed callback."""

import base64
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.batches import ends, query, walk
from tests.integration.flows.test_concurrency import at_once
from tests.integration.persons.test_sign_in import refused
from tests.persons import People, open_people

AUDIENCE = "https://tanhui.example"


def links(person: int) -> int:
    return len(query("SELECT 1 FROM participants_person_link WHERE person_id = %s", [person]))


def code_of(people: People, person: int) -> str:
    from tanhui.flows.link_person import link_code

    people.consent(person)
    return link_code(person, partner=people.desk.terms.code, now=people.now)


def claim(people: People, code: str, user: str = "anna") -> None:
    from tanhui.flows.link_person import claim_link

    claim_link(people.desk.terms, code=code, user=user, secret=people.desk.secret, now=people.now)


def test_a_code_is_short_readable_and_nowhere_in_the_database(people: People) -> None:
    code = code_of(people, people.verified())

    assert (len(code), set(code) & set("01OILU"), code.upper()) == (8, set(), code)
    assert all(code not in str(row) for row in query("SELECT * FROM persons_one_time_code"))


def test_a_code_is_claimed_however_it_is_typed(people: People) -> None:
    person = people.verified()
    code = code_of(people, person)

    claim(people, f" {code[:4].lower()}-{code[4:]} ")

    assert (links(person), ends(people.desk.send(walk("1")))) == (1, ["accepted"])


def test_a_code_is_claimed_once(people: People) -> None:
    person = people.verified()
    code = code_of(people, person)
    claim(people, code)

    with refused("link_code_wrong"):
        claim(people, code, "bert")
    assert links(person) == 1


def test_a_code_holds_for_ten_minutes(people: People) -> None:
    person = people.verified()
    code = code_of(people, person)

    with refused("link_code_wrong"):
        claim(people.later(minutes=10), code)
    assert links(person) == 0
    claim(people.later(minutes=9.9), code)


def test_a_code_is_for_one_partner(people: People) -> None:
    person, other = people.verified(), open_people(people.provider)
    code = code_of(people, person)

    with refused("link_code_wrong"):
        claim(other, code)
    claim(people, code)


def test_who_guesses_is_stopped(people: People) -> None:
    person = people.verified()
    code = code_of(people, person)
    for _ in range(10):
        with refused("link_code_wrong"):
            claim(people, "WRONG234")

    with refused("claims_too_many"):
        claim(people, code)
    later = people.later(hours=1)
    claim(later, code_of(later, person))


def test_a_user_is_one_persons(people: People) -> None:
    first, second = people.linked("anna"), people.verified()

    with refused("user_linked"):
        claim(people, code_of(people, second), "anna")
    assert (links(first), links(second)) == (1, 0)
    claim(people, code_of(people, first), "anna")
    claim(people, code_of(people, first), "anna's other name")
    assert links(first) == 2


def test_of_two_claims_of_one_code_at_once_one_links(lasting_people: People) -> None:
    from tanhui.core.refusal import Refusal

    people, person = lasting_people, lasting_people.verified()
    code = code_of(people, person)

    def try_it(user: str) -> str:
        try:
            claim(people, code, user)
        except Refusal as refusal:
            return refusal.code
        return "linked"

    answers = at_once(*[lambda u=user: try_it(u) for user in ("a", "b", "c", "d")])

    assert sorted(answers) == ["link_code_wrong"] * 3 + ["linked"]
    assert links(person) == 1


@pytest.mark.parametrize(
    "case", ["unverified", "no consent", "consent withdrawn", "frozen", "partner obtains consents"]
)
def test_who_cannot_be_linked(people: People, case: str) -> None:
    from tanhui.flows.account_state import freeze
    from tanhui.flows.link_person import link_code
    from tanhui.flows.platform_consent import obtain_consents

    person = people.sign_in().person if case == "unverified" else people.verified()
    if case != "no consent":
        people.consent(person)
    if case == "consent withdrawn":
        people.withdraw(person)
    elif case == "frozen":
        freeze(person, reason="suspicion", actor="staff", now=people.now)
    elif case == "partner obtains consents":
        obtain_consents(people.desk.terms.code, by="partner")
    code = {
        "unverified": "identity_unverified", "no consent": "no_consent", "consent withdrawn": "no_consent",
        "frozen": "state_refused", "partner obtains consents": "partner_obtains_consents",
    }[case]  # fmt: skip

    with refused(code):
        link_code(person, partner=people.desk.terms.code, now=people.now)
    assert query("SELECT * FROM persons_one_time_code WHERE person_id = %s", [person]) == []


def test_a_withdrawal_between_code_and_claim_counts(people: People) -> None:
    person = people.verified()
    code = code_of(people, person)
    people.withdraw(person)

    with refused("no_consent"):
        claim(people, code)
    assert links(person) == 0


class Partner:
    """A partner that signs who its users are, by Ed25519."""

    def __init__(self, people: People) -> None:
        self.people, self.key = people, Ed25519PrivateKey.generate()

    def check(self, signature: Any) -> bool:
        if (signature.partner, signature.key_id, signature.algorithm) != (self.people.desk.terms.code, "k1", "EdDSA"):
            return False
        try:
            self.key.public_key().verify(signature.value, signature.message)
        except InvalidSignature:
            return False
        return True

    def says(self, begun: str, *, user: str = "anna", header: dict[str, Any] | None = None, **claims: Any) -> str:
        now = int(self.people.now.timestamp())
        head = {"alg": "EdDSA", "kid": "k1"} | (header or {})
        body = {
            "iss": self.people.desk.terms.code, "aud": AUDIENCE, "sub": user, "state": begun, "iat": now, "exp": now + 120,
        } | claims  # fmt: skip
        message = ".".join(_encoded(json.dumps(part).encode()) for part in (head, body))
        return f"{message}.{_encoded(self.key.sign(message.encode()))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def begun(people: People) -> tuple[int, str, Partner]:
    from tanhui.flows.link_person import begin_callback

    person = people.verified()
    people.consent(person)
    return person, begin_callback(person, partner=people.desk.terms.code, now=people.now), Partner(people)


def finish(people: People, person: int, assertion: str, partner: Partner) -> str:
    from tanhui.flows.link_person import finish_callback

    return finish_callback(
        person, assertion=assertion, audience=AUDIENCE, check=partner.check, secret=people.desk.secret, now=people.now
    )


def test_a_signed_callback_links(people: People) -> None:
    person, state, partner = begun(people)

    assert finish(people, person, partner.says(state), partner) == people.desk.terms.code
    assert people.desk.send(walk("1")).persons.tolist() == [person]
    with refused("link_code_wrong"):
        finish(people, person, partner.says(state, user="bert"), partner)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://elsewhere.example"}, {"exp": 1}, {"iat": None}, {"exp": None}, {"sub": ""}, {"sub": None}, {"state": None},
        {"iss": "somebody"}, {"iat": 2**40}, {"header": {"alg": "none"}}, {"header": {"kid": "k2"}}, {"header": {"crit": ["x"]}},
    ],
    ids=str,
)  # fmt: skip
def test_a_statement_that_does_not_hold_links_nobody(people: People, claims: dict[str, Any]) -> None:
    person, state, partner = begun(people)

    with refused("assertion_invalid"):
        finish(people, person, partner.says(state, **claims), partner)
    assert links(person) == 0


def test_a_statement_that_holds_too_long_or_not_yet_links_nobody(people: People) -> None:
    person, state, partner = begun(people)
    now = int(people.now.timestamp())

    for claims in ({"exp": now + 301}, {"iat": now + 61, "exp": now + 100}, {"iat": now - 400, "exp": now}):
        with refused("assertion_invalid"):
            finish(people, person, partner.says(state, **claims), partner)
    assert links(person) == 0


@pytest.mark.parametrize("damage", ["", "a.b", "a.b.c", "..", "%.%.%", "e30.e30.", "W10.W10.YQ"])
def test_what_is_no_statement_links_nobody(people: People, damage: str) -> None:
    person, _, partner = begun(people)

    with refused("assertion_invalid"):
        finish(people, person, damage, partner)


def test_one_letter_changed_is_seen(people: People) -> None:
    person, state, partner = begun(people)
    head, body, signature = partner.says(state).split(".")
    changed = _encoded(base64.urlsafe_b64decode(body + "==").replace(b"anna", b"anne"))

    with refused("assertion_invalid"):
        finish(people, person, f"{head}.{changed}.{signature}", partner)


def test_a_journey_begun_by_another_person_is_refused(people: People) -> None:
    attacker, state, partner = begun(people)
    victim = people.verified()

    with refused("link_code_wrong"):
        finish(people, victim, partner.says(state, user="victim"), partner)
    assert (links(attacker), links(victim)) == (0, 0)
