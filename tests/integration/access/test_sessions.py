"""Sessions end when they should: idle, too long, too many, signed out, another password, a disabled account."""

from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone
from tests.staffing import PASSWORD, Browser, settled, totp

from tanhui.flows.manage_staff import reset_second_factor, set_staff_active
from tanhui.flows.staff_sessions import staff_actor
from tanhui.support.security.access.selectors import sign_ins
from tanhui.support.security.access.sessions import key_of
from tanhui.support.security.access.types import SignInNeeded, platform


def is_in(browser: Browser, later: timedelta = timedelta()) -> bool | str:
    try:
        staff_actor(browser.token, now=timezone.now() + later)
    except SignInNeeded as needed:
        return needed.code
    return True


def another(login: str, secret: str, fresh_code, step: int) -> Browser:
    fresh_code(step)
    browser = Browser(Client())
    browser.password(login)
    assert browser.code(totp(secret)).status_code == 200
    return browser


def test_an_idle_session_ends_for_good():
    browser, _ = settled("alice")

    assert is_in(browser, timedelta(minutes=29)) is True
    assert is_in(browser, timedelta(minutes=58)) is True  # it was used in between
    assert is_in(browser, timedelta(minutes=89)) == "session_expired"
    assert is_in(browser) == "session_unknown"
    assert browser.call("GET", "auth/session").status_code == 410
    assert next(step.event for step in sign_ins(since=timezone.now() - timedelta(days=1))) == "timed_out"


def test_a_session_in_use_ends_after_half_a_day():
    browser, _ = settled("alice")
    for quarter in range(1, 48):
        assert is_in(browser, timedelta(minutes=15 * quarter)) is True

    assert is_in(browser, timedelta(hours=12, minutes=1)) == "session_expired"


def test_no_more_than_three_sessions_at_once(fresh_code):
    first, secret = settled("alice")
    others = [another("alice", secret, fresh_code, step) for step in (1, 2, 3)]

    assert is_in(first) == "session_unknown"
    assert [is_in(browser) for browser in others] == [True, True, True]


def test_sessions_are_listed_and_ended_from_afar(fresh_code):
    first, secret = settled("alice")
    second = another("alice", secret, fresh_code, 1)
    listed = second.call("GET", "auth/sessions").json()["data"]
    other = next(session["id"] for session in listed if not session["is_current"])

    assert [session["ip"] for session in listed] == ["10.0.0.7", "10.0.0.7"]
    assert second.call("DELETE", "auth/sessions", {"sessions": [other]}).status_code == 200
    assert (is_in(first), is_in(second)) == ("session_unknown", True)
    assert next(step.event for step in sign_ins(since=timezone.now() - timedelta(days=1))) == "ended"


def test_what_is_over_is_cleared_away_at_the_next_sign_in(fresh_code):
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    _, secret = settled("alice")
    Browser(Client()).password("alice")  # never finished
    assert (Session.objects.count(), UserSession.objects.count()) == (2, 2)  # one died with the first password
    long_ago = timezone.now() - timedelta(hours=13)
    Session.objects.update(expire_date=long_ago)
    UserSession.objects.update(created_at=long_ago)

    another("alice", secret, fresh_code, 1)

    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)


def test_nobody_ends_the_sessions_of_others():
    alice, _ = settled("alice")
    mallory, _ = settled("mallory")
    (session,) = alice.call("GET", "auth/sessions").json()["data"]

    assert mallory.call("DELETE", "auth/sessions", {"sessions": [session["id"]]}).status_code == 400
    assert is_in(alice) is True


def test_signing_out_ends_the_session():
    browser, _ = settled("alice")
    assert browser.call("DELETE", "auth/session").status_code == 401
    assert is_in(browser) == "session_unknown"


def test_the_old_sessions_are_dead_after_a_change_of_the_password(fresh_code):
    first, secret = settled("alice")
    second = another("alice", secret, fresh_code, 1)
    old = second.token

    changed = second.call(
        "POST", "account/password/change", {"current_password": PASSWORD, "new_password": PASSWORD + "8"}
    )

    assert changed.status_code == 200
    assert (is_in(first), is_in(second)) == ("session_unknown", True)
    assert second.token != old
    assert is_in(Browser(Client(), old)) == "session_unknown"


def test_a_disabled_account_is_out_at_once_and_does_not_come_in():
    browser, _ = settled("alice")

    set_staff_active(platform(), "alice", active=False)

    assert is_in(browser) == "session_unknown"
    assert Browser(Client()).password("alice").status_code in (401, 403)
    assert is_in(browser) == "session_unknown"


def test_a_reset_second_factor_ends_the_sessions_and_the_password():
    browser, _ = settled("alice")

    first = reset_second_factor(platform(), "alice", now=timezone.now())

    assert is_in(browser) == "session_unknown"
    assert Browser(Client()).password("alice", PASSWORD).status_code == 400
    again = Browser(Client())
    assert again.password("alice", first).status_code == 200
    again.enrol()


@pytest.mark.parametrize("forged", ["", "x", "{key}", "{key}:", "{key}:abc", "{other}"])
def test_the_key_of_a_session_is_not_its_token(forged):
    browser, _ = settled("alice")
    key = key_of(browser.token)
    token = forged.format(key=key, other=Signer(key="another secret", salt="tanhui.access.session").sign(str(key)))

    assert is_in(Browser(Client(), token)) == "session_unknown"
    assert Browser(Client(), token).call("GET", "auth/sessions").status_code == 401
