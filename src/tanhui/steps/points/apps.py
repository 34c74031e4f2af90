"""The Django application of green points (clauses 3.4, 7.4)."""

from django.apps import AppConfig


class PointsConfig(AppConfig):
    """Green points (clauses 3.4, 7.4)."""

    name = "tanhui.steps.points"
    label = "points"
    default_auto_field = "django.db.models.BigAutoField"
