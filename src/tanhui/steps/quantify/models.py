"""Methodologies and coefficients as they were when they priced a record: kept for ever, so that the past is never re-priced."""

from django.db import models


class MethodologyVersion(models.Model):
    """A methodology document that has been in use, word for word."""

    code = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    behavior = models.SmallIntegerField()
    digest = models.CharField(max_length=32)
    document = models.TextField()
    approved_by = models.CharField(max_length=100)
    published_at = models.DateTimeField()

    class Meta:
        db_table = "quantify_methodology_version"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="quantify_one_document_a_version")]


class StoredCoefficient(models.Model):
    """A coefficient that priced records, with all that it was computed from (`terms`), so that anyone can compute it again."""

    id = models.AutoField(primary_key=True)
    digest = models.UUIDField(unique=True)
    methodology = models.ForeignKey(MethodologyVersion, on_delete=models.PROTECT, related_name="+")
    variant = models.CharField(max_length=40)
    region = models.CharField(max_length=16)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    monomials = models.JSONField()
    reduction_ng = models.JSONField()
    baseline_ng = models.JSONField()
    terms = models.JSONField()
    fields = models.JSONField()
    tradable = models.BooleanField()
    published_at = models.DateTimeField()

    class Meta:
        db_table = "quantify_coefficient"


class AdoptedDocument(models.Model):
    """A methodology or factors of this installation's own, word for word, as it was approved; it joins the library."""

    kind = models.CharField(max_length=11)
    code = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=32)
    document = models.TextField()
    cases = models.TextField(blank=True)
    effective_on = models.DateField()
    approved_by = models.CharField(max_length=150)
    proposal = models.BigIntegerField(unique=True)
    adopted_at = models.DateTimeField()

    class Meta:
        db_table = "quantify_adopted_document"
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "version"], name="quantify_adopted_once"),
            models.CheckConstraint(
                name="quantify_adopted_kind", condition=models.Q(kind__in=["methodology", "factor"])
            ),
        ]
