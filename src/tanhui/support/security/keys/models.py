"""The tables of the keys: only wrapped ones. `sql/guards.sql` keeps a destroyed key destroyed."""

from django.db import models


class DataKey(models.Model):
    """A person's key, wrapped by the provider. Shredded, the row stays as a tombstone without a key, and takes none again."""

    owner = models.BigIntegerField(primary_key=True)
    wrapped = models.BinaryField(null=True)
    provider = models.CharField(max_length=16)
    provider_version = models.IntegerField()
    created_at = models.DateTimeField()
    shredded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "keys_data_key"
        indexes = [
            models.Index(
                fields=["provider", "provider_version", "owner"],
                name="keys_data_key_in_use",
                condition=models.Q(wrapped__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(name="keys_data_key_owner", condition=models.Q(owner__gte=0)),
            models.CheckConstraint(
                name="keys_data_key_or_tombstone",
                condition=models.Q(wrapped__isnull=False, shredded_at__isnull=True)
                | models.Q(wrapped__isnull=True, shredded_at__isnull=False),
            ),
            models.CheckConstraint(
                name="keys_platform_key_stays", condition=~models.Q(owner=0) | models.Q(shredded_at__isnull=True)
            ),
        ]


class IndexKey(models.Model):
    """The key under which one field's values are indexed blindly, wrapped by the provider, with the suite it hashes by."""

    field = models.CharField(max_length=126, primary_key=True)
    wrapped = models.BinaryField()
    provider = models.CharField(max_length=16)
    provider_version = models.IntegerField()
    suite = models.SmallIntegerField()

    class Meta:
        db_table = "keys_index_key"
