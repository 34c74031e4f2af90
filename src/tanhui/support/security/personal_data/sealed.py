"""Where sealed blobs are, from the register: what is sealed anew when the cipher suite is switched."""

from django.apps import apps

from tanhui.support.security.keys.types import SealedColumn
from tanhui.support.security.personal_data.register import register
from tanhui.support.security.personal_data.types import BY_PLATFORM


def sealed_columns() -> list[SealedColumn]:
    """Every column that is sealed, under a person's key or the platform's, in the register's order."""
    columns = []
    for label in register():
        if label.sealed_by:
            model = apps.get_model(label.app, label.model)
            fields = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's documented API
            key = next(field for field in fields.values() if field.primary_key)
            owner = None if label.sealed_by == BY_PLATFORM else str(fields[label.sealed_by].column)
            table = model._meta.db_table  # noqa: SLF001 - as above
            columns.append(SealedColumn(table, str(fields[label.field].column), str(key.column), owner))
    return columns
