"""The limits of signing in: how often one may fail, and how long and how often one may be in at once."""

from datetime import timedelta

FAILURES = 5
LOCKED_FOR = timedelta(minutes=30)
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SESSIONS = 3
ENROLMENT = timedelta(hours=72)
"""How long a new account, or one whose second factor was reset, may set up its second factor by the password alone."""
PASSWORD_AGE = timedelta(days=90)
PASSWORD_LENGTH = 12
SEEN_EVERY = timedelta(minutes=1)
"""How exactly a session's last use is kept: a write a minute, not one a request."""
