"""The day it is in the scheme's zone: papers and agreements begin and end there."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def scheme_day(now: datetime) -> date:
    """The local day of that moment."""
    return now.astimezone(ZONE).date()
