"""Passwords are hashed cheaply in these tests; that they are Argon2 is a test of its own."""

import pytest


@pytest.fixture(autouse=True)
def _cheap(settings, db):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.fixture
def fresh_code(monkeypatch):
    """Half a minute later, for allauth's codes: what was used in the step before may not be used, what comes may."""
    import time

    real = time.time

    def later(steps: int = 1) -> None:
        monkeypatch.setattr(time, "time", lambda: real() + 30 * steps)

    return later
