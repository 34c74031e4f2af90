"""Persons, and what is kept of them. Who they are stands sealed in one table; all others know a number alone.

What is only ever added to is append-only by `sql/guards.sql`, which also keeps the states, the links and what closing removes.
"""

from django.db import models


class Person(models.Model):
    """An individual user (6.5), known here by a number alone. A closed one stays, as a tombstone of the books."""

    created_at = models.DateTimeField()
    state = models.CharField(max_length=8, db_default="active")
    state_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "participants_person"
        constraints = [
            models.CheckConstraint(
                name="participants_person_state",
                condition=models.Q(state__in=["active", "frozen", "closed"], state_until__isnull=True)
                | models.Q(state="closing", state_until__isnull=False),
            )
        ]


class PersonLink(models.Model):
    """Which person a partner's user is: `subject` is the keyed hash of the user id and the space it is unique in.

    In a partner's own space a link stands for the consent it was made by, and ends with it.
    """

    subject = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    namespace = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    consent_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "participants_person_link"
        constraints = [
            models.CheckConstraint(
                name="participants_link_by_consent",
                condition=~models.Q(namespace__startswith="partner/") | models.Q(consent_id__isnull=False),
            )
        ]


class EndedLink(models.Model):
    """A link that ended: whoever looked it up before that learns of it. Kept for a day; says nothing of whose it was."""

    subject = models.UUIDField()
    namespace = models.CharField(max_length=60)
    ended_at = models.DateTimeField()
    ended_in = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "persons_ended_link"


class PersonKey(models.Model):
    """The fingerprint of the key under which this database's persons are hashed: another key would make other persons."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    fingerprint = models.CharField(max_length=32)

    class Meta:
        db_table = "participants_person_key"
        constraints = [models.CheckConstraint(name="participants_one_person_key", condition=models.Q(id=1))]


class Identity(models.Model):
    """Who a registered person is: sealed under the person's key, unique by blind index. Gone when the account is closed."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT, related_name="+")
    phone = models.BinaryField()
    phone_index = models.BinaryField(unique=True)
    real_name = models.BinaryField(null=True)
    id_number = models.BinaryField(null=True)
    id_index = models.BinaryField(null=True, unique=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "persons_identity"
        constraints = [
            models.CheckConstraint(
                name="persons_identity_whole",
                condition=models.Q(
                    real_name__isnull=True, id_number__isnull=True, id_index__isnull=True, verified_at__isnull=True
                )
                | models.Q(
                    real_name__isnull=False, id_number__isnull=False, id_index__isnull=False, verified_at__isnull=False
                ),
            )
        ]


class StateChange(models.Model):
    """A step of an account from one state to another, by whom and why; the database applies it, or refuses it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    from_state = models.CharField(max_length=8)
    to_state = models.CharField(max_length=8)
    until = models.DateTimeField(null=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    reason = models.CharField(max_length=500)

    class Meta:
        db_table = "persons_state_change"


class Verification(models.Model):
    """A question to the identity provider, and how it ended. Neither name nor number is here."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=16)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "persons_verification"
        indexes = [models.Index(fields=["person", "at"], name="persons_verification_of")]


class SmsCode(models.Model):
    """A code sent to a phone: who it went to and what it was stand as keyed hashes only. Kept for a day."""

    phone_index = models.BinaryField()
    address = models.BinaryField()
    code = models.BinaryField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    delivered = models.BooleanField(null=True)
    serial = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "persons_sms_code"
        indexes = [
            models.Index(fields=["phone_index", "sent_at"], name="persons_sms_code_phone"),
            models.Index(fields=["address", "sent_at"], name="persons_sms_code_address"),
        ]


class Session(models.Model):
    """A person signed in on a device; `token` is the hash of what the device keeps."""

    token = models.BinaryField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    device = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "persons_session"


class Notice(models.Model):
    """A notice that is shown before a person consents: one version of it, in both languages, from a day on."""

    purpose = models.CharField(max_length=24)
    version = models.PositiveSmallIntegerField()
    zh = models.TextField()
    en = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    effective_from = models.DateField()
    published_at = models.DateTimeField()

    class Meta:
        db_table = "persons_notice"
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="persons_notice_version")]


class Consent(models.Model):
    """A person's consent given or withdrawn, to a partner (0: the platform itself) for a purpose; the last one counts."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    partner_id = models.SmallIntegerField()
    purpose = models.CharField(max_length=24)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="+")
    given = models.BooleanField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=20)

    class Meta:
        db_table = "persons_consent"
        indexes = [models.Index(fields=["person", "partner_id", "purpose", "id"], name="persons_consent_standing")]
        constraints = [
            models.CheckConstraint(
                name="persons_consent_to_a_notice", condition=models.Q(given=False) | models.Q(notice__isnull=False)
            )
        ]


class OneTimeCode(models.Model):
    """A short code that a person shows to somebody else, once: to a partner (link, callback) or to a guardian."""

    code = models.BinaryField(primary_key=True)
    kind = models.CharField(max_length=8)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    partner_id = models.SmallIntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "persons_one_time_code"


class CodeClaim(models.Model):
    """Somebody claimed a code: a partner, or a person as a guardian. Who guesses is stopped. Kept for a day."""

    claimant = models.CharField(max_length=24)
    at = models.DateTimeField()
    right = models.BooleanField()

    class Meta:
        db_table = "persons_code_claim"
        indexes = [models.Index(fields=["claimant", "at"], name="persons_code_claim_by")]


class Guardianship(models.Model):
    """A verified adult has consented as the guardian of a person under 14."""

    ward = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT, related_name="+")
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "persons_guardianship"
        constraints = [
            models.CheckConstraint(name="persons_guardian_of_another", condition=~models.Q(ward=models.F("guardian")))
        ]


class Reveal(models.Model):
    """Somebody looked at what is masked, and said why."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=60)
    actor = models.CharField(max_length=100)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        db_table = "persons_reveal"


class RightsRequest(models.Model):
    """What a person asked for about their data; `detail` is sealed under the person's key, and `due_on` the last day to answer."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=60, blank=True)
    detail = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    due_on = models.DateField()

    class Meta:
        db_table = "persons_rights_request"


class RightsEvent(models.Model):
    """What became of a request; the last event says how it stands."""

    request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="+")
    event = models.CharField(max_length=12)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "persons_rights_event"
        constraints = [
            models.UniqueConstraint(
                name="persons_rights_end_once",
                fields=["request"],
                condition=models.Q(event__in=["fulfilled", "refused", "withdrawn"]),
            )
        ]


class SigningKey(models.Model):
    """The key by which the installation signs what it hands out; the private part is sealed under the platform's own key."""

    public = models.TextField()
    private = models.BinaryField()
    suite = models.SmallIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "persons_signing_key"
