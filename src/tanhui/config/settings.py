"""Django's settings. Importing them starts nothing and reads the environment once."""

from operator import attrgetter
from pathlib import Path
from typing import Any

from tanhui.config.engine.database import BACKEND, database_settings
from tanhui.config.environment import environment
from tanhui.config.keys import key_settings, staff_key
from tanhui.support.security.access import limits

ENVIRONMENT = environment()
PACKAGE = Path(__file__).resolve().parent.parent


def _staff_key() -> bytes:
    return staff_key(environment())


SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)

# Our own apps, lowest layer first: the order of the tree.
OWN_APPS: list[str] = [
    "tanhui.support.security.keys",
    "tanhui.support.security.access",
    "tanhui.support.ledger",
    "tanhui.support.security.audit",
    "tanhui.support.security.approvals",
    "tanhui.participants.organizations",
    "tanhui.participants.credentials",
    "tanhui.participants.persons",
    "tanhui.steps.quantify",
    "tanhui.steps.collect",
    "tanhui.steps.points",
]
INSTALLED_APPS: list[str] = [
    *OWN_APPS,
    "tanhui.presentation.web.sign_in",
    "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions",
    "allauth", "allauth.account", "allauth.mfa", "allauth.usersessions", "allauth.headless", "axes",
]  # fmt: skip

# The application works as a role that cannot change what was booked; `owner` is for migrations alone. To the embedded
# server it logs in as that role; on a server of others it takes it on after the login that it was given.
ROLE = "tanhui_app"
OWNER = database_settings(ENVIRONMENT)
AS_ROLE = {"USER": ROLE} if OWNER["ENGINE"] == BACKEND else {"OPTIONS": OWNER["OPTIONS"] | {"assume_role": ROLE}}
DATABASES: dict[str, dict[str, Any]] = {
    "default": OWNER | AS_ROLE,
    "owner": OWNER | {"CONN_MAX_AGE": 0},
}
# What personal data are sealed with.
TANHUI_KEYS = key_settings(ENVIRONMENT)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOT_URLCONF = "tanhui.config.urls"
ASGI_APPLICATION = "tanhui.config.asgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tanhui.presentation.web.headers.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tanhui.presentation.web.sign_in.gate.Gate",
    "axes.middleware.AxesMiddleware",
]

# Transport: cookies go over TLS alone, and so does everything for a year after the first answer over TLS.
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
DATA_UPLOAD_MAX_MEMORY_SIZE = 65_536  # of what Django answers: the sign-in

# Staff and how they sign in (8.4): see tanhui.support.security.access and tanhui.presentation.web.sign_in.
AUTH_USER_MODEL = "access.Staff"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATORS = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": _VALIDATORS + "MinimumLengthValidator", "OPTIONS": {"min_length": limits.PASSWORD_LENGTH}},
    {"NAME": _VALIDATORS + "UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("login", "name")}},
    {"NAME": _VALIDATORS + "CommonPasswordValidator"},
    {"NAME": _VALIDATORS + "NumericPasswordValidator"},
    {"NAME": "tanhui.support.security.access.passwords.KindsOfCharacters"},
]
SESSION_COOKIE_AGE = int(limits.ABSOLUTE.total_seconds())
STAFF_KEY = _staff_key
ACCOUNT_ADAPTER = "tanhui.presentation.web.sign_in.adapter.StaffAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_DISPLAY = attrgetter("name")
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up; allauth wants it to agree with the line above
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # the session in which it was changed goes on, the others end
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "tanhui.presentation.web.sign_in.tokens.SignedTokens"  # noqa: S105 - no password
USERSESSIONS_ADAPTER = "tanhui.presentation.web.sign_in.adapter.StaffSessions"
MFA_ADAPTER = "tanhui.presentation.web.sign_in.second_factor.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey alone is two factors only so
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "碳惠 Tanhui"
AXES_FAILURE_LIMIT = limits.FAILURES
AXES_COOLOFF_TIME = limits.LOCKED_FOR
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # failures are counted by account, whatever address or program they come from
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "tanhui.presentation.web.sign_in.answers.tried_login"
AXES_LOCKOUT_CALLABLE = "tanhui.presentation.web.sign_in.answers.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the log of sign-ins is ours, and append only
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
