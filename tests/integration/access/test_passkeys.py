"""A passkey stands in for the code, or for password and code at once; only with its owner verified."""

from django.test import Client
from django.utils import timezone
from tests.passkeys import Passkey
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
