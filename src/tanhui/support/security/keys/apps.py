"""The Django application of the keys (8.4)."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    """The keys under which personal data are sealed (8.4)."""

    name = "tanhui.support.security.keys"
    label = "keys"
    default_auto_field = "django.db.models.BigAutoField"
