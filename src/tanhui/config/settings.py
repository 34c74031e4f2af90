"""Django's settings. Importing them starts nothing and reads the environment once."""

from pathlib import Path
from typing import Any

from tanhui.config.engine.database import BACKEND, database_settings
from tanhui.config.environment import environment

ENVIRONMENT = environment()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)

# Our own apps, lowest layer first: the order of the tree.
OWN_APPS: list[str] = [
    "tanhui.support.ledger",
    "tanhui.support.security.audit",
    "tanhui.support.security.approvals",
    "tanhui.participants.organizations",
    "tanhui.participants.persons",
    "tanhui.steps.quantify",
    "tanhui.steps.collect",
    "tanhui.steps.points",
]
INSTALLED_APPS: list[str] = [*OWN_APPS]

# The application works as a role that cannot change what was booked; `owner` is for migrations alone. To the embedded
# server it logs in as that role; on a server of others it takes it on after the login that it was given.
ROLE = "tanhui_app"
OWNER = database_settings(ENVIRONMENT)
AS_ROLE = {"USER": ROLE} if OWNER["ENGINE"] == BACKEND else {"OPTIONS": OWNER["OPTIONS"] | {"assume_role": ROLE}}
DATABASES: dict[str, dict[str, Any]] = {
    "default": OWNER | AS_ROLE,
    "owner": OWNER | {"CONN_MAX_AGE": 0},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
