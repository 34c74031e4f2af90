"""The Django application of the participants (clause 6)."""

from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    """The participants (clause 6)."""

    name = "tanhui.participants"
    label = "participants"
    default_auto_field = "django.db.models.BigAutoField"
