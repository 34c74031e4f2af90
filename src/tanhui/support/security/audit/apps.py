"""The Django application of the audit trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit trail."""

    name = "tanhui.support.security.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
