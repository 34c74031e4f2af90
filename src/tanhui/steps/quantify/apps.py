"""The Django application of quantification (clause 7.3)."""

from django.apps import AppConfig


class QuantifyConfig(AppConfig):
    """Quantification (clause 7.3)."""

    name = "tanhui.steps.quantify"
    label = "quantify"
    default_auto_field = "django.db.models.BigAutoField"
