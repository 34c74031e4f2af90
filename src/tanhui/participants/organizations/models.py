"""Organizations, their documents and agreements, and the tickets between them and the operator.

What may follow upon what is kept by the triggers of `sql/guards.sql`. Names of people, and what is written freely, are sealed
under the platform's own key.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Organization(models.Model):
    """An organization in one role of clause 6, and where it stands on the way to taking part."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=12)
    kind = models.CharField(max_length=12, blank=True)
    region = models.CharField(max_length=12, blank=True)
    credit_code = models.CharField(max_length=18)
    state = models.CharField(max_length=12, default="applied")
    state_at = models.DateTimeField()
    state_by = models.CharField(max_length=60)
    state_cause = models.CharField(max_length=16, blank=True)
    state_reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "participants_organization"


class Step(models.Model):
    """A state that an organization came to, and how. Written by the database alone."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    cause = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "participants_organization_step"


class Contact(models.Model):
    """Whom to reach at an organization, by what the person is there for."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=12)
    name = models.BinaryField()
    phone = models.BinaryField()
    email = models.BinaryField()
    since = models.DateTimeField()

    class Meta:
        db_table = "participants_contact"


class Partner(models.Model):
    """A third-party application partner (6.2) under the small number by which the ledger knows it.

    A `file` partner was admitted by the operator who brings its file in, and stands by itself; an `onboarded` one is an
    organization's, whose agreement says what it may send.
    """

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16)
    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, null=True, related_name="+")
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


class Document(models.Model):
    """A paper that an organization shows, or an agreement's text. `valid_until` is the first day it is no longer valid."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=100)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=40)
    size = models.IntegerField()
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "participants_document"
        indexes = [models.Index(fields=["organization", "kind"], name="participants_document_kind")]


class DocumentPart(models.Model):
    """A piece of a document's file, sealed, in its place."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    place = models.SmallIntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "participants_document_part"
        constraints = [models.UniqueConstraint(fields=["document", "place"], name="participants_document_place")]


class DocumentReview(models.Model):
    """What somebody else found of a document: once."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="review")
    accepted = models.BooleanField()
    reason = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "participants_document_review"


class Reminder(models.Model):
    """An organization was told that a document has no more than so many days left."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    days = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "participants_reminder"
        constraints = [models.UniqueConstraint(fields=["document", "days"], name="participants_reminded_once")]


class Agreement(models.Model):
    """A version of the agreement with an organization: what it may send, from where, for how long, how well.

    Rates are in thousandths, the delay in seconds; null promises nothing. `term_until` is the first day outside of it.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    version = models.SmallIntegerField()
    behaviors = ArrayField(models.SmallIntegerField())
    fields = ArrayField(models.CharField(max_length=40))
    regions = ArrayField(models.CharField(max_length=12))
    consent = models.CharField(max_length=8)
    term_from = models.DateField()
    term_until = models.DateField(null=True)
    delay_p95_s = models.IntegerField(null=True)
    refused_permille = models.SmallIntegerField(null=True)
    corrected_permille = models.SmallIntegerField(null=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "participants_agreement"
        constraints = [
            models.UniqueConstraint(fields=["organization", "version"], name="participants_agreement_version")
        ]


class Signature(models.Model):
    """A side's signature under an agreement: who signed which text, when."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=12)
    signer = models.BinaryField()
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "participants_signature"
        constraints = [models.UniqueConstraint(fields=["agreement", "side"], name="participants_signed_once")]


class ConformanceRun(models.Model):
    """A run of the conformance tests against the sandbox, and how it ended."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField()
    suite = models.CharField(max_length=40)
    checks = models.JSONField(default=dict)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "participants_conformance_run"


class Ticket(models.Model):
    """A question or a problem between the operator and an organization: whose turn it is, and until when."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    subject = models.BinaryField()
    kind = models.CharField(max_length=16)
    about = models.CharField(max_length=12, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    priority = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default="open")
    turn = models.CharField(max_length=12)
    due_at = models.DateTimeField()
    level = models.SmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=60)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "participants_ticket"
        indexes = [
            models.Index(fields=["due_at"], name="participants_ticket_due", condition=models.Q(state="open")),
            models.Index(fields=["organization", "id"], name="participants_ticket_of"),
        ]


class TicketMessage(models.Model):
    """What somebody wrote in a ticket, or what was done with it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=12)
    act = models.CharField(max_length=10)
    text = models.BinaryField()
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "participants_ticket_message"
