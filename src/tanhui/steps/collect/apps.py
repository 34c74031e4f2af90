"""The Django application of collection (clauses 7.3.3, 8.5)."""

from django.apps import AppConfig


class CollectConfig(AppConfig):
    """Collection (clauses 7.3.3, 8.5)."""

    name = "tanhui.steps.collect"
    label = "collect"
    default_auto_field = "django.db.models.BigAutoField"
