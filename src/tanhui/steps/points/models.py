"""The rules by which reductions become points."""

from django.db import models


class StoredRule(models.Model):
    """A dated, approved conversion rule (7.4), word for word; records keep the rule that converted them."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    document = models.JSONField()
    approved_by = models.CharField(max_length=100)
    approved_at = models.DateTimeField()

    class Meta:
        db_table = "points_rule"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="points_one_document_a_version")]
