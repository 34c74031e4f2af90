"""What a kind of proposal must be able to do, so that it can pass through entry, review and approval."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.timezone import get_default_timezone

from tanhui.core.described import Json
from tanhui.core.text import Text
from tanhui.steps.quantify.adopted import installed_library
from tanhui.steps.quantify.library import Library
from tanhui.support.security.approvals.types import Proposal


@dataclass(frozen=True, slots=True)
class Around:
    """What a kind may look at: the time, and the library of the installation as it is now."""

    now: datetime
    gwp_set: str

    @property
    def library(self) -> Library:
        """The library with all that was adopted so far."""
        return installed_library(self.gwp_set)

    @property
    def today(self) -> date:
        """The day in the scheme's zone."""
        return self.now.astimezone(get_default_timezone()).date()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a payload is about, in a word, and from when it is to hold."""

    subject: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of proposal. Its code is also the resource of its permissions: `operator:{code}:enter`, `:review`, `:approve`.

    `check` takes the payload and the day asked for, and raises `Refusal` when it could not come into force then; it is asked
    at entry and again at approval. `describe` gives what changes and what it does (a dry run), and writes nothing. `apply`
    does it, once, within the caller's transaction, and says what came of it; a `Refusal` undoes it and is kept.
    """

    code: str
    title: Text
    check: Callable[[Json, date | None, Around], Checked]
    describe: Callable[[Json, Checked, Around], tuple[Json, Json]]
    apply: Callable[[Proposal, Around], Json]


def begin_of(day: date) -> datetime:
    """The first moment of a day in the scheme's zone."""
    return datetime.combine(day, time(), get_default_timezone())


def day_of(moment: datetime) -> date:
    """The day of a moment in the scheme's zone."""
    return moment.astimezone(get_default_timezone()).date()


def approver(proposal: Proposal) -> str:
    """The name of whoever approved it."""
    return next(decision.by_name for decision in proposal.decisions if decision.step == "approve")
