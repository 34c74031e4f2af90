"""The Django application of the partners' keys."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """The partners' keys (6.2, 8.3)."""

    name = "tanhui.participants.credentials"
    label = "credentials"
    default_auto_field = "django.db.models.BigAutoField"
