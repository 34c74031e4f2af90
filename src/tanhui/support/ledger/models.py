"""The tables of the ledger. Columns stand widest first, so that a posting is narrow; amounts are whole numbers.

No foreign keys on what is written thousands of times a second: the batch is checked as a set before it is posted, and
`audit` proves it afterwards. What must never be is refused by the triggers of `sql/guards.sql`.
"""

from django.db import models


class Batch(models.Model):
    """One transaction of postings: who sent it, when it was booked, and what it came from."""

    booked_at = models.DateTimeField()
    partner_id = models.SmallIntegerField()
    kind = models.CharField(max_length=16)
    reference = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "ledger_batch"


class Posting(models.Model):
    """One activity record in the books: one row that names both sides, in both units.

    Debit the scheme's issued reductions and issued points, credit the person's carbon account and points: `credited_mg` and
    `points_milli`. `kind` 1 is a record, 2 the reversal of one (negative), 3 what replaces it.
    """

    key = models.UUIDField(primary_key=True)
    person_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    batch_id = models.BigIntegerField()
    content = models.BigIntegerField()
    household = models.BigIntegerField()
    quantity_1 = models.BigIntegerField()
    quantity_2 = models.BigIntegerField()
    quantity_3 = models.BigIntegerField()
    reduction_mg = models.BigIntegerField()
    credited_mg = models.BigIntegerField()
    points_milli = models.BigIntegerField()
    sequence = models.IntegerField()
    duration_s = models.IntegerField()
    coefficient_id = models.IntegerField()
    rule_id = models.IntegerField()
    expires_on = models.DateField()
    region = models.IntegerField()
    partner_id = models.SmallIntegerField()
    behavior = models.SmallIntegerField()
    evidence = models.SmallIntegerField()
    kind = models.SmallIntegerField()
    capped_by = models.SmallIntegerField()

    class Meta:
        db_table = "ledger_posting"
        indexes = [
            models.Index(fields=["person_id", "occurred_at"], name="ledger_posting_person"),
            models.Index(
                fields=["household", "occurred_at"], name="ledger_posting_household", condition=~models.Q(household=0)
            ),
        ]
        constraints = [
            models.CheckConstraint(name="ledger_posting_kind", condition=models.Q(kind__in=[1, 2, 3])),
            models.CheckConstraint(
                name="ledger_posting_sign",
                condition=models.Q(kind=2, credited_mg__lte=0, points_milli=0)
                | models.Q(kind__in=[1, 3], credited_mg__gte=0, points_milli__gte=0),
            ),
            models.CheckConstraint(
                name="ledger_posting_credit",
                condition=models.Q(kind=2)
                | models.Q(credited_mg=0)
                | models.Q(credited_mg__lte=models.F("reduction_mg")),
            ),
        ]


class Reversal(models.Model):
    """Which posting a reversal takes back; a posting can be taken back once."""

    key = models.UUIDField(primary_key=True)
    reverses = models.UUIDField(unique=True)
    replaced_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=500)
    actor = models.CharField(max_length=100)
    booked_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_reversal"


class Operation(models.Model):
    """Something done once: its key binds it to its content, so that the same again has no second effect."""

    key = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16)
    content = models.BigIntegerField()
    booked_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=100)

    class Meta:
        db_table = "ledger_operation"


class Transfer(models.Model):
    """Points moved from one account to another: `amount_milli` of the lot that expires on `expires_on`.

    Accounts are `available`, `held`, `retired`, `expired`, `clawed_back`, each of the person. Points come into being with a
    posting alone, so that every point stems from a record. What is held belongs to a hold. Expired points of a record that
    turns out wrong are clawed back from `expired`: they never were, and nothing is left to take for them.
    """

    operation = models.UUIDField()
    person_id = models.BigIntegerField()
    amount_milli = models.BigIntegerField()
    hold = models.UUIDField(null=True)
    debit = models.CharField(max_length=12)
    credit = models.CharField(max_length=12)
    expires_on = models.DateField()

    class Meta:
        db_table = "ledger_transfer"
        indexes = [
            models.Index(fields=["person_id", "id"], name="ledger_transfer_person"),
            models.Index(fields=["operation"], name="ledger_transfer_operation"),
            models.Index(fields=["hold"], name="ledger_transfer_hold", condition=models.Q(hold__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="ledger_transfer_amount", condition=models.Q(amount_milli__gt=0)),
            models.CheckConstraint(
                name="ledger_transfer_accounts",
                condition=models.Q(debit="available", credit__in=["held", "retired", "expired", "clawed_back"])
                | models.Q(debit="held", credit__in=["available", "retired"])
                | models.Q(debit="expired", credit="clawed_back"),
            ),
            models.CheckConstraint(
                name="ledger_transfer_of_hold",
                condition=models.Q(models.Q(debit="held") | models.Q(credit="held"), hold__isnull=False)
                | models.Q(~models.Q(debit="held"), ~models.Q(credit="held"), hold__isnull=True),
            ),
        ]


class Balance(models.Model):
    """A person's balance in both units: always the sum of their postings and transfers, kept by the database itself.

    `postings` counts them: it is the sequence number of the last, so that none goes missing from between the others unseen. If
    the last ones are taken out and the balance is made to fit, these tables cannot tell: that takes a log kept elsewhere.
    `last_ended_at` tells cheaply that a new record cannot overlap an earlier one. `standing` follows the state of the person's
    account: 0 active, 1 frozen (nothing is spent), 2 closing (nothing new is booked), 3 closed (neither, and never again).
    """

    person_id = models.BigIntegerField(primary_key=True)
    reduction_mg = models.BigIntegerField(db_default=0)
    available_milli = models.BigIntegerField(db_default=0)
    held_milli = models.BigIntegerField(db_default=0)
    last_ended_at = models.DateTimeField(null=True)
    postings = models.IntegerField(db_default=0)
    blocked = models.BooleanField(db_default=False)
    standing = models.SmallIntegerField(db_default=0)

    class Meta:
        db_table = "ledger_balance"
        constraints = [
            models.CheckConstraint(name="ledger_balance_held", condition=models.Q(held_milli__gte=0)),
            models.CheckConstraint(name="ledger_balance_standing", condition=models.Q(standing__in=[0, 1, 2, 3])),
            models.CheckConstraint(
                name="ledger_balance_closed_is_empty",
                condition=~models.Q(standing=3) | models.Q(available_milli__lte=0, held_milli=0),
            ),
        ]
