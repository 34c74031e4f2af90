"""The Django application of access: staff accounts, their roles, and how they sign in."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Access."""

    name = "tanhui.support.security.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
