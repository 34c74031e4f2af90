"""Sign-in codes by short message: six digits, five minutes, five tries, and limits per phone and per address."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from tanhui.participants.persons.models import SmsCode
from tanhui.participants.persons.sealed import ADDRESS, PHONE, SMS_CODE
from tanhui.participants.persons.types import Sent, refused
from tanhui.support.security.keys.services import blind_index

VALID = timedelta(minutes=5)
MOST_TRIES = 5
PER_PHONE = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
PER_ADDRESS = ((timedelta(hours=1), 20), (timedelta(days=1), 100))
KEPT = timedelta(days=1)
_SENDING = 7_203_024  # the class of the advisory locks


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code that is to be sent."""

    number: int
    code: str


def reserve_code(phone: str, *, address: str, now: datetime) -> NewCode:
    """A new code for that phone (E.164), asked for from that network address. Earlier ones no longer hold.

    Raises `Refusal` `code_too_soon` when phone or address has had its share.
    """
    phone_index, address_index = blind_index(PHONE, phone), blind_index(ADDRESS, address)
    _hold(phone_index, address_index)
    _refuse_too_many(now, PER_PHONE, phone_index=phone_index)
    _refuse_too_many(now, PER_ADDRESS, address=address_index)
    SmsCode.objects.filter(phone_index=phone_index, used_at=None).update(used_at=now)
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = SmsCode.objects.create(
        phone_index=phone_index, address=address_index, code=_hashed(phone, code), sent_at=now, expires_at=now + VALID
    )
    return NewCode(row.pk, code)


def note_delivery(number: int, sent: Sent) -> None:
    """Keeps what the provider said of the message; a code that nobody got does not hold."""
    SmsCode.objects.filter(pk=number).update(delivered=sent.taken, serial=sent.serial[:64])


def use_code(phone: str, code: str, *, now: datetime) -> bool:
    """Whether this is the code that holds for the phone; it then is used up. Each call is one of the five tries."""
    held = SmsCode.objects.filter(
        phone_index=blind_index(PHONE, phone), used_at=None, expires_at__gt=now, tries__lt=MOST_TRIES, delivered=True
    )
    number = held.order_by("-id").values_list("id", flat=True).first()
    if number is None or not held.filter(pk=number).update(tries=F("tries") + 1):  # of many at once each one counts
        return False
    row = SmsCode.objects.get(pk=number)
    if not secrets.compare_digest(bytes(row.code), _hashed(phone, code)):
        return False
    return bool(held.model.objects.filter(pk=number, used_at=None).update(used_at=now))


def forget_codes(*, now: datetime) -> int:
    """Removes codes that count for no limit any more, and says how many."""
    removed, _ = SmsCode.objects.filter(sent_at__lt=now - KEPT).delete()
    return removed


def _hashed(phone: str, code: str) -> bytes:
    return blind_index(SMS_CODE, f"{phone} {code}")


def _hold(*indexes: bytes) -> None:
    """Lets nobody else send to this phone or from this address meanwhile; in order, so that nobody waits in a circle."""
    shares = sorted({int.from_bytes(index[:4], "big", signed=True) for index in indexes})
    with connection.cursor() as cursor:
        for share in shares:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SENDING, share])


def _refuse_too_many(now: datetime, limits: tuple[tuple[timedelta, int], ...], **whose: bytes) -> None:
    for span, most in limits:
        sent = SmsCode.objects.filter(**whose, sent_at__gt=now - span).order_by("-sent_at")
        times = list(sent.values_list("sent_at", flat=True)[:most])
        if len(times) == most:
            wait = times[-1] + span - now
            raise refused("code_too_soon", s=max(int(wait.total_seconds()), 1))
