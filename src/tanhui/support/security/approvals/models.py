"""Proposals and what was decided on them. `sql/decisions.sql` says which decision may follow, and keeps the stage."""

from django.db import models

STAGES = ("draft", "entered", "reviewed", "approved", "rejected", "withdrawn", "applied", "refused")
STEPS = ("enter", "review", "approve", "reject", "withdraw", "apply", "refuse")


class Proposal(models.Model):
    """Something that is to come into force once others than its author have agreed: what, why, from when."""

    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=200)
    payload = models.JSONField()
    digest = models.CharField(max_length=64, db_default="")
    diff = models.JSONField()
    effect = models.JSONField()
    reason = models.CharField(max_length=1000)
    effective_at = models.DateTimeField()
    author = models.ForeignKey("access.Staff", on_delete=models.PROTECT, related_name="+", db_column="author")
    author_name = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    stage = models.CharField(max_length=9, db_default="draft")

    class Meta:
        db_table = "approvals_proposal"
        indexes = [models.Index(fields=["stage", "effective_at"], name="approvals_proposal_stage")]
        constraints = [
            models.CheckConstraint(name="approvals_proposal_stage_known", condition=models.Q(stage__in=STAGES)),
            models.CheckConstraint(name="approvals_proposal_reasoned", condition=~models.Q(reason="")),
        ]


class Decision(models.Model):
    """One step taken on a proposal, by whom and why, over exactly that content (`digest`). Never changed, never deleted."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=8)
    by = models.ForeignKey("access.Staff", on_delete=models.PROTECT, related_name="+", null=True, db_column="by")
    by_name = models.CharField(max_length=150)
    comment = models.CharField(max_length=1000, blank=True)
    digest = models.CharField(max_length=64)
    outcome = models.JSONField(null=True)
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "approvals_decision"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "step"], name="approvals_each_step_once"),
            models.CheckConstraint(name="approvals_decision_step_known", condition=models.Q(step__in=STEPS)),
            models.CheckConstraint(
                name="approvals_decision_by_somebody",
                condition=models.Q(step__in=["apply", "refuse"], by__isnull=True)
                | models.Q(step__in=["enter", "review", "approve", "reject", "withdraw"], by__isnull=False),
            ),
        ]
