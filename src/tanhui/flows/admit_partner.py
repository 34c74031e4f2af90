"""A partner met for the first time on the command line: admitted as a file partner, whose operator answers for the file."""

from datetime import datetime

from django.db import transaction

from tanhui.participants.organizations.services import FILE_AGREEMENT_FROM, admit_file_partner
from tanhui.participants.organizations.types import PartnerTerms

SINCE = FILE_AGREEMENT_FROM
"""The first day for which a partner met for the first time may send files."""


def admit_partner(code: str, *, now: datetime) -> PartnerTerms:
    """The partner of that code with its agreement; one unknown so far is admitted. Raises `Refusal` for a code that is none."""
    with transaction.atomic():
        return admit_file_partner(code, now=now)
