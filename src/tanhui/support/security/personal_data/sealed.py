"""Where sealed blobs are, from the register: what is sealed anew when the cipher suite is switched."""

from django.apps import apps

from tanhui.support.security.keys.types import SealedColumn
from tanhui.support.security.personal_data.register import register


def sealed_columns() -> list[SealedColumn]:
    """Every column that is sealed under a person's key, in the register's order."""
    columns = []
    for label in register():
        if label.sealed_by:
            model = apps.get_model(label.app, label.model)
            fields = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's documented API
            key = next(field for field in fields.values() if field.primary_key)
            table, owner = model._meta.db_table, fields[label.sealed_by]  # noqa: SLF001 - as above
            columns.append(SealedColumn(table, *(str(field.column) for field in (fields[label.field], key, owner))))
    return columns
