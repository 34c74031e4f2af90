"""The Django application of the organizations (6.1-6.4, 6.6)."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """The organizations (6.1-6.4, 6.6)."""

    name = "tanhui.participants.organizations"
    label = "organizations"
    default_auto_field = "django.db.models.BigAutoField"
