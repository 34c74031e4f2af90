"""The trail and its seals. Written by `sql/trail.sql` alone; the application may read them."""

from django.db import models


class AuditEvent(models.Model):
    """One change of one row: what was, what is, who did it. `operation` is also `counted`, `truncate`, `attach`, `prune`."""

    at = models.DateTimeField()
    transaction = models.BigIntegerField()
    table = models.CharField(max_length=63, db_column="table_name")
    operation = models.CharField(max_length=10)
    row_key = models.TextField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor = models.TextField()
    reason = models.TextField()
    request = models.TextField()
    login = models.TextField()

    class Meta:
        db_table = "audit_event"
        indexes = [
            models.Index(fields=["table", "row_key"], name="audit_event_row"),
            models.Index(fields=["actor", "at"], name="audit_event_actor"),
            models.Index(fields=["at"], name="audit_event_at"),
        ]


class AuditSeal(models.Model):
    """The events up to `until_id` since the seal before, counted and hashed together with that seal: a chain."""

    number = models.IntegerField(primary_key=True)
    until_id = models.BigIntegerField()
    events = models.BigIntegerField()
    newest_at = models.DateTimeField()
    previous = models.BinaryField()
    digest = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "audit_seal"
