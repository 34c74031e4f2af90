"""Partners and their agreements."""

from django.db import models


class Partner(models.Model):
    """A third-party application partner (6.2): it sends what people did, under an agreement."""

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16)
    agreement_from = models.DateField()
    agreement_until = models.DateField(null=True)
    created_at = models.DateTimeField()
    consent = models.CharField(max_length=8, db_default="partner")

    class Meta:
        db_table = "participants_partner"
        constraints = [
            models.CheckConstraint(
                name="participants_partner_consent", condition=models.Q(consent__in=["partner", "platform"])
            )
        ]
