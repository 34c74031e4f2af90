"""The Django application of the persons (6.5)."""

from django.apps import AppConfig


class PersonsConfig(AppConfig):
    """The persons (6.5)."""

    name = "tanhui.participants.persons"
    label = "persons"
    default_auto_field = "django.db.models.BigAutoField"
