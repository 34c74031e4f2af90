"""Keys of partners, what a partner may ask for, signatures seen, answers given, and the partners' sandboxes."""

from django.db import models


class Key(models.Model):
    """A key of a partner: a secret for OAuth (its hash), a public key, or an HMAC key (derived anew when it is needed)."""

    code = models.CharField(max_length=60, unique=True)
    partner = models.ForeignKey("organizations.Partner", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    live = models.BooleanField()
    name = models.CharField(max_length=100, blank=True)
    secret_hash = models.BinaryField(null=True, max_length=32)
    public_key = models.BinaryField(null=True, max_length=65)
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    """From then on it opens nothing: it was revoked, replaced or given for a time."""

    class Meta:
        db_table = "credentials_key"
        constraints = [
            models.CheckConstraint(
                name="credentials_key_kind", condition=models.Q(kind__in=["secret", "ed25519", "hmac-sha256", "sm2"])
            ),
            models.CheckConstraint(
                name="credentials_key_holds_what_its_kind_needs",
                condition=models.Q(kind="secret", secret_hash__isnull=False, public_key__isnull=True)
                | models.Q(kind="hmac-sha256", secret_hash__isnull=True, public_key__isnull=True)
                | models.Q(kind__in=["ed25519", "sm2"], secret_hash__isnull=True, public_key__isnull=False),
            ),
        ]


class Limit(models.Model):
    """What a partner may ask for, where it is not the usual."""

    partner = models.OneToOneField(
        "organizations.Partner", on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    requests_per_minute = models.PositiveIntegerField()
    records_per_minute = models.PositiveIntegerField()

    class Meta:
        db_table = "credentials_limit"


class Nonce(models.Model):
    """A signature seen, until it would be refused for its age anyway: by its key and its nonce."""

    pk = models.CompositePrimaryKey("key_id", "nonce")
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=64)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "credentials_nonce"


class Sandbox(models.Model):
    """A partner's sandbox, begun so many times: each time as another virtual partner, in books of its own."""

    partner = models.OneToOneField(
        "organizations.Partner", on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    generation = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "credentials_sandbox"


class KeptAnswer(models.Model):
    """What was answered to a request under a key of its own (Idempotency-Key), bound to a hash of the request."""

    partner = models.ForeignKey("organizations.Partner", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    request = models.BinaryField(max_length=32)
    answer = models.JSONField()
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "credentials_kept_answer"
        constraints = [models.UniqueConstraint(fields=["partner", "key"], name="credentials_one_answer_per_key")]
