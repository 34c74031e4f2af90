"""A passkey stands in for the code, or for password and code at once; only with its owner verified."""

from base64 import urlsafe_b64decode
from random import Random
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from tests.passkeys import Passkey, b64
from tests.staffing import PASSWORD, Browser, add_staff

from tanhui.flows.staff_sessions import staff_actor
from tanhui.support.security.access.selectors import has_second_factor, staff_number


def enrolled(passkey: Passkey) -> Browser:
    """Somebody whose only second factor is that passkey, all set."""
    first = add_staff("alice", "reviewer")
    browser = Browser(Client())
    browser.password("alice", first)
    assert add(browser, passkey).status_code == 200
    options = browser.call("GET", "auth/webauthn/reauthenticate").json()["data"]["request_options"]
    assert (
        browser.call("POST", "auth/webauthn/reauthenticate", {"credential": passkey.shown(options)}).status_code == 200
    )
    body = {"current_password": first, "new_password": PASSWORD}
    assert browser.call("POST", "account/password/change", body).status_code == 200
    return browser


def add(browser: Browser, passkey: Passkey):
    options = browser.call("GET", "account/authenticators/webauthn?passwordless=1").json()["data"]["creation_options"]
    return browser.call(
        "POST", "account/authenticators/webauthn", {"name": "phone", "credential": passkey.created(options)}
    )


def test_a_passkey_is_a_second_factor():
    passkey = Passkey()
    assert staff_actor(enrolled(passkey).token, now=timezone.now()).name == "Alice"
    browser = Browser(Client())

    assert browser.password("alice").status_code == 401
    options = browser.call("GET", "auth/webauthn/authenticate").json()["data"]["request_options"]
    assert browser.call("POST", "auth/webauthn/authenticate", {"credential": passkey.shown(options)}).status_code == 200
    assert staff_actor(browser.token, now=timezone.now()).roles == {"reviewer"}


def test_a_passkey_alone_signs_in():
    passkey = Passkey()
    enrolled(passkey)
    browser = Browser(Client())

    options = browser.call("GET", "auth/webauthn/login").json()["data"]["request_options"]
    assert options["publicKey"]["userVerification"] == "required"
    assert browser.call("POST", "auth/webauthn/login", {"credential": passkey.shown(options)}).status_code == 200
    assert staff_actor(browser.token, now=timezone.now()).name == "Alice"


def test_an_answer_is_good_once():
    passkey = Passkey()
    enrolled(passkey)
    one, other = Browser(Client()), Browser(Client())
    options = one.call("GET", "auth/webauthn/login").json()["data"]["request_options"]
    other.call("GET", "auth/webauthn/login")
    shown = passkey.shown(options)

    assert one.call("POST", "auth/webauthn/login", {"credential": shown}).status_code == 200
    assert other.call("POST", "auth/webauthn/login", {"credential": shown}).status_code == 400


def test_without_its_owner_verified_or_for_another_site_it_is_none():
    first = add_staff("alice")
    browser = Browser(Client())
    browser.password("alice", first)

    for passkey in (Passkey(verifies=False), Passkey("evil.example")):
        assert add(browser, passkey).status_code == 400
    assert not has_second_factor(staff_number("alice"))


def test_whatever_a_passkey_says_is_answered_and_no_fault(settings):
    settings.MFA_RATE_LIMITS = {"webauthn_login": None}
    passkey = Passkey()
    enrolled(passkey)
    browser = Browser(Client(raise_request_exception=False))
    chance = Random(1)
    for _ in range(60):
        options = browser.call("GET", "auth/webauthn/login").json()["data"]["request_options"]
        shown = damaged(passkey.shown(options), chance)
        answer = browser.call("POST", "auth/webauthn/login", {"credential": shown})
        assert answer.status_code == 400, shown
    first = add_staff("bob")
    browser.password("bob", first)
    for _ in range(60):
        options = browser.call("GET", "account/authenticators/webauthn").json()["data"]["creation_options"]
        passkey = Passkey()
        made = damaged(passkey.created(options), chance)
        answer = browser.call("POST", "account/authenticators/webauthn", {"name": "x", "credential": made})
        assert answer.status_code in (200, 400), made
        if answer.status_code == 200:  # what was damaged is of no account, or is missed when it is to be shown
            assert browser.call("GET", "account/authenticators").status_code == 200, made
            options = browser.call("GET", "auth/webauthn/reauthenticate").json()["data"]["request_options"]
            shown = {"credential": passkey.shown(options)}
            assert browser.call("POST", "auth/webauthn/reauthenticate", shown).status_code in (200, 400), made
            Authenticator.objects.filter(user__login="bob").delete()


def damaged(credential: dict[str, Any], chance: Random) -> dict[str, Any]:
    """The credential with one field of it left out, of another kind, or with bytes changed, cut off or added."""
    response = dict(credential["response"])
    field = chance.choice(["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    data = bytearray(urlsafe_b64decode(response.get(field, "") + "==") or b"x")
    match chance.randrange(6):
        case 0:
            response.pop(field, None)
            response.pop(next(iter(response)), None)
        case 1:
            response[field] = chance.choice([None, 5, [], {}, "é", "%%%"])
            response["clientDataJSON"] = response[field]
        case 2:
            response["clientDataJSON"] = b64(bytes(data) + b"x")
        case 3:
            return credential | {"rawId": b64(bytes(data)), "response": response | {"clientDataJSON": "e30"}}
        case 4:
            cut = bytes(data[: chance.randrange(len(data))])
            response |= {
                name: b64(cut) for name in ("attestationObject", "authenticatorData", "signature") if name in response
            }
        case _:
            for name in ("attestationObject", "signature", "authenticatorData"):
                if name in response:
                    bytes_ = bytearray(urlsafe_b64decode(response[name] + "=="))
                    bytes_[chance.randrange(len(bytes_))] ^= 1 + chance.randrange(255)
                    response[name] = b64(bytes(bytes_))
    return credential | {"response": response}


def test_the_last_passkey_is_not_removed_and_another_may_be():
    passkey = Passkey()
    browser = enrolled(passkey)
    (listed,) = [
        row for row in browser.call("GET", "account/authenticators").json()["data"] if row["type"] == "webauthn"
    ]

    answer = browser.call("DELETE", "account/authenticators/webauthn", {"authenticators": [listed["id"]]})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "last_second_factor")
    browser.enrol()
    answer = browser.call("DELETE", "account/authenticators/webauthn", {"authenticators": [listed["id"]]})
    assert answer.status_code == 200
