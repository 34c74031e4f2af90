"""Staff sign in with two factors; a password alone opens nothing but the setting up of the second."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.staffing import PASSWORD, Browser, add_staff, settled, totp

from tanhui.flows.staff_sessions import staff_actor
from tanhui.support.security.access.selectors import sign_ins
from tanhui.support.security.access.types import Actor, SignInIncomplete, SignInNeeded


def events(login: str | None = None) -> list[str]:
    return [step.event for step in reversed(sign_ins(since=timezone.now() - timedelta(days=1), login=login))]


def refusal_of(token: str, *, later: timedelta = timedelta()) -> str:
    with pytest.raises((SignInNeeded, SignInIncomplete)) as refused:
        staff_actor(token, now=timezone.now() + later)
    return refused.value.code


def test_password_and_code_make_the_actor():
    browser, _ = settled("alice", "reviewer", "auditor")

    actor = staff_actor(browser.token, now=timezone.now())

    assert actor == Actor("staff", actor.number, "Alice", None, frozenset({"reviewer", "auditor"}), frozenset())
    assert events("alice") == ["signed_in", "password_changed"]


def test_a_second_sign_in_asks_for_the_code(fresh_code):
    _, secret = settled("alice")
    fresh_code()
    browser = Browser(Client())

    assert browser.password("Alice").status_code == 401  # however the name is typed
    assert refusal_of(browser.token) == "session_unknown"
    assert browser.code(totp(secret)).status_code == 200
    assert staff_actor(browser.token, now=timezone.now()).name == "Alice"
    assert next((step.event, step.method, step.address) for step in sign_ins(since=timezone.now() - timedelta(days=1))) == (
        "signed_in", "totp", "10.0.0.7",
    )  # fmt: skip


def test_a_password_alone_opens_only_the_setting_up_of_the_second_factor():
    first = add_staff("bob", "system_admin")
    browser = Browser(Client())

    assert browser.password("bob", first).status_code == 200
    assert refusal_of(browser.token) == "second_factor_needed"
    for method, path in [
        ("POST", "account/password/change"), ("GET", "auth/sessions"), ("DELETE", "auth/sessions"), ("GET", "account/authenticators/recovery-codes"),
        ("POST", "account/authenticators/recovery-codes"),
    ]:  # fmt: skip
        answer = browser.call(method, path, {"current_password": first, "new_password": PASSWORD})
        assert (path, answer.status_code, answer.json()["errors"][0]["code"]) == (path, 403, "second_factor_needed")


def test_a_session_of_a_password_alone_adds_no_further_factor_once_there_is_one():
    first = add_staff("bob")
    thief, owner = Browser(Client()), Browser(Client())
    thief.password("bob", first)
    owner.password("bob", first)
    owner.enrol()

    answer = thief.call("GET", "account/authenticators/webauthn")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "second_factor_needed")


def test_a_first_password_has_to_be_changed_before_anything_else():
    first = add_staff("bob")
    browser = Browser(Client())
    browser.password("bob", first)
    browser.enrol()

    assert refusal_of(browser.token) == "password_expired"


def test_a_password_has_to_be_changed_in_time():
    browser, _ = settled("alice")
    staff_actor(browser.token, now=timezone.now())
    from tanhui.support.security.access.models import Staff

    Staff.objects.update(password_expires_at=timezone.now())

    assert refusal_of(browser.token) == "password_expired"


def test_the_time_to_set_up_a_second_factor_ends():
    from tanhui.support.security.access.models import Staff

    first = add_staff("bob")
    Staff.objects.update(enrol_until=timezone.now())
    browser = Browser(Client())

    answer = browser.password("bob", first)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "enrolment_over")
    assert events("bob") == ["enrolment_over"]


@pytest.mark.parametrize(
    "password", ["short-7A", "correct-horse-battery", "1234567890123456", "Password1234", "Alexandria.wu7"]
)
def test_a_weak_password_is_refused(password):
    browser, _ = settled("alexandria.wu")

    answer = browser.call("POST", "account/password/change", {"current_password": PASSWORD, "new_password": password})

    assert answer.status_code == 400
    assert (
        Browser(Client()).password("alexandria.wu", PASSWORD).status_code == 401
    )  # the old one still leads to the second factor


def test_the_same_password_is_no_new_one():
    browser, _ = settled("alice")
    answer = browser.call("POST", "account/password/change", {"current_password": PASSWORD, "new_password": PASSWORD})
    assert answer.json()["errors"][0]["code"] == "same_as_current"


def test_passwords_are_argon2(settings):
    from importlib import import_module

    from django.contrib.auth.hashers import make_password

    settings.PASSWORD_HASHERS = import_module("tanhui.config.settings").PASSWORD_HASHERS
    assert make_password("x").startswith("argon2$argon2id$")


def test_a_code_is_used_once(fresh_code):
    _, secret = settled("alice")
    fresh_code()
    one, other = Browser(Client()), Browser(Client())
    one.password("alice")
    other.password("alice")
    code = totp(secret)

    assert one.code(code).status_code == 200
    answer = other.code(code)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "incorrect_code")
    assert refusal_of(other.token) == "session_unknown"


def test_a_recovery_code_stands_in_once(fresh_code):
    browser, _ = settled("alice")
    codes = browser.call("GET", "account/authenticators/recovery-codes").json()["data"]["unused_codes"]
    one, other = Browser(Client()), Browser(Client())
    one.password("alice")
    other.password("alice")

    assert one.code(codes[0]).status_code == 200
    assert other.code(codes[0]).status_code == 400
    assert len(codes) == 10


def test_the_secret_of_a_second_factor_is_sealed_in_the_database():
    from allauth.mfa.models import Authenticator

    _, secret = settled("alice")
    stored = [str(row) for row in Authenticator.objects.values_list("data", flat=True)]

    assert len(stored) == 2
    assert not any(secret in row for row in stored)


def test_the_last_second_factor_is_not_removed():
    browser, _ = settled("alice")

    answer = browser.call("DELETE", "account/authenticators/totp")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "last_second_factor")
    assert staff_actor(browser.token, now=timezone.now()).name == "Alice"


@pytest.mark.parametrize(
    "path", ["auth/signup", "auth/password/request", "auth/password/reset", "auth/email/verify", "auth/code/confirm",
             "account/email", "account/phone", "auth/phone/verify", "tokens/refresh", "auth/webauthn/signup"],
)  # fmt: skip
def test_what_is_not_of_the_sign_in_is_not_there(path):
    browser, _ = settled("alice")
    assert browser.call("POST", path, {"email": "a@example.org"}).status_code == 404
    assert Browser(Client()).call("POST", path, {"email": "a@example.org"}).status_code == 404


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/login/", "/accounts/login/", "/_allauth/browser/v1/auth/login", "/"]
)
def test_there_is_no_other_way_in(path):
    browser, _ = settled("alice")
    answer = browser.client.get(path)
    assert answer.status_code == 404
    assert answer.json()["zh"] == "没有这个地址。"


def test_every_answer_carries_the_headers_of_security():
    for answer in (Client().get("/", secure=True), Client().get("/_allauth/app/v1/config", secure=True)):
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "no-store" in answer.headers["cache-control"]
