"""Staff accounts, the roles they were given, and the log of who came in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from tanhui.support.security.access.roles import ADMINISTRATORS, ROLES, STAFFED, staff_roles

LOGIN = r"^[a-z0-9][a-z0-9._@-]{2,63}$"
BY_REGION = [role.code for role in ROLES.values() if role.by_region]


class Staff(AbstractBaseUser):
    """A member of staff of the operator, of an organization or of an authority; nobody else signs in with a password.

    `organization` is the organization's number; the operator's own staff have none. Until `enrol_until` the password alone
    lets one in as far as to set up the second factor. After `password_expires_at` it lets one change itself, and nothing else.
    """

    login = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    audience = models.CharField(max_length=16)
    organization = models.BigIntegerField(null=True)
    language = models.CharField(max_length=2, default="zh")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)
    enrol_until = models.DateTimeField(null=True)
    password_expires_at = models.DateTimeField()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = BaseUserManager["Staff"]()

    class Meta:
        db_table = "access_staff"
        constraints = [
            models.CheckConstraint(name="access_staff_login", condition=Q(login__regex=LOGIN)),
            models.CheckConstraint(name="access_staff_audience", condition=Q(audience__in=STAFFED)),
            models.CheckConstraint(
                name="access_staff_operator_or_organization",
                condition=Q(audience="operator", organization__isnull=True)
                | (~Q(audience="operator") & Q(organization__isnull=False)),
            ),
            models.CheckConstraint(name="access_staff_language", condition=Q(language__in=["zh", "en"])),
            models.UniqueConstraint(name="access_staff_with_audience", fields=["id", "audience"]),
        ]


class RoleGrant(models.Model):
    """A role given to a member of staff, and when it was taken back. A role by region is given once per region."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=16)
    role = models.CharField(max_length=32)
    region = models.CharField(max_length=16, default="")
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=40)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=40, default="")

    class Meta:
        db_table = "access_role_grant"
        constraints = [
            models.UniqueConstraint(
                name="access_one_administrator_role",
                fields=["staff"],
                condition=Q(role__in=ADMINISTRATORS, revoked_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="access_role_held_once", fields=["staff", "role", "region"], condition=Q(revoked_at__isnull=True)
            ),
            models.CheckConstraint(
                name="access_role_of_audience",
                condition=Q(audience="operator", role__in=staff_roles("operator"))
                | Q(audience="partner", role__in=staff_roles("partner"))
                | Q(audience="redeemer", role__in=staff_roles("redeemer"))
                | Q(audience="authority", role__in=staff_roles("authority")),
            ),
            models.CheckConstraint(
                name="access_role_by_region",
                condition=(Q(role__in=BY_REGION) & ~Q(region="")) | (~Q(role__in=BY_REGION) & Q(region="")),
            ),
            models.CheckConstraint(
                name="access_role_revoked",
                condition=Q(revoked_at__isnull=True, revoked_by="")
                | (Q(revoked_at__gte=F("granted_at")) & ~Q(revoked_by="")),
            ),
        ]


class SignIn(models.Model):
    """One step of somebody's coming in or failing to: append only.

    `staff` is empty when no account has the name that was typed, which is not kept: people type passwords there.
    """

    at = models.DateTimeField()
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    event = models.CharField(max_length=24)
    method = models.CharField(max_length=16)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200)

    class Meta:
        db_table = "access_sign_in"
        indexes = [
            models.Index(fields=["at"], name="access_sign_in_at"),
            models.Index(fields=["staff", "at"], name="access_sign_in_staff"),
        ]
