"""What was collected: runs of feeds, and the rows that could not be accepted, kept with their reason."""

from django.db import models


class FeedRun(models.Model):
    """One file brought in: what it was, by which mapping, in which space of user ids, and how its rows ended."""

    partner_id = models.SmallIntegerField()
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=32)
    mapping = models.CharField(max_length=100)
    namespace = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "collect_feed_run"


class QuarantinedRow(models.Model):
    """A refused or conflicting row with its reason, as it came, until it is corrected and sent again."""

    key = models.UUIDField(unique=True)
    partner_id = models.SmallIntegerField()
    run_id = models.BigIntegerField()
    mapping = models.CharField(max_length=100)
    row = models.BigIntegerField()
    outcome = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    field = models.CharField(max_length=60, blank=True)
    detail_zh = models.CharField(max_length=500)
    detail_en = models.CharField(max_length=500)
    record_key = models.UUIDField(
        null=True
    )  # of an event: by it the sender finds the row, and the record accepted settles it
    raw = models.TextField()  # JSON as it was written: the order of the cells is the file's
    created_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="open")
    state_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "collect_quarantined_row"
        indexes = [
            models.Index(fields=["partner_id", "state", "id"], name="collect_quarantine_open"),
            models.Index(
                fields=["record_key"], name="collect_quarantine_record", condition=models.Q(record_key__isnull=False)
            ),
        ]
