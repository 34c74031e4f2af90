"""What a running scheme works with: its methodologies, its conversion rules, and the key under which persons are hashed."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import transaction

from tanhui.core.coefficients import Coefficient
from tanhui.core.conversion import ConversionRule
from tanhui.participants.persons.notices import publish_shipped
from tanhui.participants.persons.services import bind_person_key
from tanhui.steps.points.rules import approve_rule, newest_rule, shipped_rules, stored_rules
from tanhui.steps.quantify.adopted import installed_library
from tanhui.steps.quantify.library import Library
from tanhui.steps.quantify.stored import store_coefficient


@dataclass(frozen=True, eq=False)
class Scheme:
    """Read once by a face and passed to every flow."""

    library: Library
    rules: list[tuple[int, ConversionRule]]
    secret: bytes
    stored: dict[Coefficient, int] = field(default_factory=dict)
    """The numbers of the coefficients that are in the database for certain."""

    def number_of(self, coefficient: Coefficient, *, now: datetime) -> int:
        """The number under which the coefficient is kept; remembered once the transaction that stored it has committed."""
        number = self.stored.get(coefficient)
        if number is None:
            number = store_coefficient(self.library, coefficient, now=now)
            transaction.on_commit(partial(self.stored.__setitem__, coefficient, number))
        return number


def current_scheme(scheme: Scheme, *, now: datetime) -> Scheme:
    """The scheme, or one opened anew when a methodology, factors or a rule came into force since: for who keeps it for long."""
    library = installed_library(scheme.library.gwp_set)
    known = max((number for number, _ in scheme.rules), default=0)
    if library is scheme.library and known == newest_rule():
        return scheme
    return open_scheme(library=library, secret=scheme.secret, now=now)


def open_scheme(*, library: Library, secret: bytes, now: datetime) -> Scheme:
    """The scheme as installed: the shipped rules are approved, and the shipped notices published, when they are new.

    Raises `Refusal` when a rule in use was changed, or the key is not the one of this database.
    """
    bind_person_key(secret)
    publish_shipped(now=now)
    for _, document in shipped_rules():
        approve_rule(document, now=now)
    return Scheme(library, stored_rules(), secret)
