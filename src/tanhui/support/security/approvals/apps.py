"""The Django application of approvals."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Approvals."""

    name = "tanhui.support.security.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"
