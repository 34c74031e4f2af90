"""The daily run that books out points past their day, a span of persons at a time, each in a transaction of its own."""

from datetime import date, datetime
from functools import partial

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.attempts import in_transaction
from tanhui.steps.account.corrections import moment
from tanhui.steps.account.services import local_day
from tanhui.steps.points.expiry import SPAN, Expired, expire_span
from tanhui.steps.points.operations import operation_key
from tanhui.support.ledger.transfers import next_holder


def expire_points(*, on: date | None, key: str, actor: str, now: datetime) -> tuple[date, Expired]:
    """Books out every lot whose first invalid day is `on` or before, and says the day and how much expired.

    `on` is today in the scheme's zone unless given; an earlier day may be given, a later one never, as nobody can take back
    the expiry of points that are still valid.

    Each point expires once, however often this runs and wherever it was stopped: run it again, with the same key or
    another. With the same key it does no span twice. Raises `Refusal` (`expiry_in_future`) for a day still to come.
    """
    today = local_day(moment(now))
    on = on or today
    if on > today:
        text = Text("{d} 还未到；今天是 {t}。", "{d} has not come yet; today is {t}.").format(d=on, t=today)
        raise Refusal("expiry_in_future", text, field="on")
    run, total, least = operation_key(key), Expired(), 0
    while (person := next_holder(least=least)) is not None:
        span = person // SPAN
        total += in_transaction(partial(expire_span, run=run, span=span, on=on, actor=actor, now=now))
        least = (span + 1) * SPAN
    return on, total
