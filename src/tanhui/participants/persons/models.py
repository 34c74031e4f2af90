"""Persons. A person's id with a partner is kept as a keyed hash only."""

from django.db import models


class Person(models.Model):
    """An individual user (6.5), known here by a number alone."""

    created_at = models.DateTimeField()

    class Meta:
        db_table = "participants_person"


class PersonLink(models.Model):
    """Which person a partner's user is: `subject` is the keyed hash of the user id and the space it is unique in."""

    subject = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    namespace = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "participants_person_link"


class PersonKey(models.Model):
    """The fingerprint of the key under which this database's persons are hashed: another key would make other persons."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    fingerprint = models.CharField(max_length=32)

    class Meta:
        db_table = "participants_person_key"
        constraints = [models.CheckConstraint(name="participants_one_person_key", condition=models.Q(id=1))]
