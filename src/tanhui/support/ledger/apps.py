"""The Django application of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ledger."""

    name = "tanhui.support.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
