"""Whether an actor may do something: by the table, then by organization and region. Denied unless the table says otherwise."""

from tanhui.core.regions import fallback
from tanhui.support.security.access.permissions import PERMISSIONS
from tanhui.support.security.access.roles import ROLES
from tanhui.support.security.access.types import Actor, Forbidden

OWN_ORGANIZATION = ("partner", "redeemer")
"""Audiences that reach only what is their own organization's."""


def may(actor: Actor, permission: str, *, organization: int | None = None, region: str | None = None) -> bool:
    """Whether the actor may do that: to data of `organization` and `region`, where it is some organization's or region's.

    A partner's and a redeemer's permissions reach their own organization alone; a role by region only what lies in its
    regions, or their kin below. Without `organization` or `region` the answer is about the act itself.
    """
    line = PERMISSIONS.get(permission)
    if line is None:
        return False
    held = actor.roles & line.roles
    if not held:
        return False
    audience = permission.partition(":")[0]
    if audience in OWN_ORGANIZATION and (actor.organization is None or organization not in (None, actor.organization)):
        return False
    if region is None or any(not ROLES[role].by_region for role in held):
        return True
    return not actor.regions.isdisjoint(fallback(region))


def demand(actor: Actor, permission: str, *, organization: int | None = None, region: str | None = None) -> None:
    """Nothing, when the actor may do that. Raises `Forbidden` when not; as `may` for what is reached."""
    if not may(actor, permission, organization=organization, region=region):
        raise Forbidden(permission)
