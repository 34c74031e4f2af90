"""A caller's events, booked by the office that its key belongs to."""

from tanhui.flows.receive_events import Answer, Parcel
from tanhui.presentation.api.booking import Busy
from tanhui.presentation.api.partner.callers import Caller
from tanhui.presentation.api.partner.door import Door
from tanhui.presentation.api.problems import Problem


async def book(door: Door, caller: Caller, parcel: Parcel) -> Answer:
    """How the caller's events ended, once that is committed. Raises `Problem`: `busy`."""
    sender = await door.sender(caller.key)
    booking = await door.office(caller.key).booking()
    try:
        return await booking.book(sender, parcel)
    except Busy as busy:
        raise Problem("busy", headers={"retry-after": "1"}) from busy
