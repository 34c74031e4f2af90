"""Who fails five times is locked out for half an hour, even with the right password or code."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone
from tests.staffing import Browser, settled, totp

from tanhui.support.security.access.selectors import sign_ins


def events() -> list[str]:
    return [step.event for step in reversed(sign_ins(since=timezone.now() - timedelta(days=1)))][2:]  # after settling


def calm(settings):
    """Without allauth's own rates, which are held in the cache and shorter."""
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": None, "reauthenticate": None}


def test_five_wrong_passwords_lock_the_account_whatever_address_or_spelling(settings):
    calm(settings)
    settled("alice")
    answers = [
        Browser(Client(), address=f"10.0.0.{n}").password(login, "wrong-Password-1").status_code
        for n, login in enumerate(["alice", "ALICE", "Alice", "alicE", "alice"])
    ]

    right = Browser(Client(), address="10.9.9.9").password("alice")

    assert answers == [400, 400, 400, 400, 429]
    assert (right.status_code, right.json()["errors"][0]["code"]) == (429, "locked")
    assert events() == ["password_wrong"] * 4 + ["locked"] * 2


def test_the_lock_ends_after_half_an_hour(settings):
    from axes.models import AccessAttempt

    calm(settings)
    settled("alice")
    for _ in range(5):
        Browser(Client()).password("alice", "wrong-Password-1")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=29))
    assert Browser(Client()).password("alice").status_code == 429

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))

    assert Browser(Client()).password("alice").status_code == 401  # on to the second factor


def test_five_wrong_codes_lock_the_account_and_the_sign_ins_under_way(settings, fresh_code):
    calm(settings)
    _, secret = settled("alice")
    fresh_code()
    wrong = f"{(int(totp(secret)) + 1) % 1_000_000:06}"
    under_way, waiting = Browser(Client()), Browser(Client())
    under_way.password("alice")
    waiting.password("alice")

    answers = [under_way.code(wrong).status_code for _ in range(5)]
    right = waiting.code(totp(secret))

    assert answers == [400, 400, 400, 400, 429]
    assert (right.status_code, right.json()["errors"][0]["code"]) == (429, "locked")
    assert Browser(Client()).password("alice").status_code == 429
    assert events()[:6] == ["code_wrong"] * 5 + ["locked"]


def test_an_unknown_name_is_locked_alike_and_not_written_down(settings):
    calm(settings)
    answers = [Browser(Client()).password("My-secret-Password-1", "x").status_code for _ in range(6)]

    steps = sign_ins(since=timezone.now() - timedelta(days=1))

    assert answers == [400, 400, 400, 400, 429, 429]
    assert {step.login for step in steps} == {None}
    assert not any("secret" in str(step).lower() for step in steps)


def test_a_name_too_long_for_anybody_is_refused_like_a_wrong_password():
    answer = Browser(Client()).password("a" * 5000, "x")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "username_password_mismatch")


def test_without_the_lock_too_many_tries_in_a_while_are_refused_before_the_password_is_looked_at(settings):
    settings.AXES_FAILURE_LIMIT = 100
    settled("alice")
    codes = [Browser(Client()).password("alice", "wrong-Password-1").json()["errors"][0]["code"] for _ in range(6)]
    assert codes == ["username_password_mismatch"] * 5 + ["too_many_login_attempts"]
    assert events()[-1] == "too_many_tries"
