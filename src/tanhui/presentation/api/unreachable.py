"""The database could not be reached, or was too crowded: whoever asked is told to come again."""

import psycopg
from django.db import InterfaceError, OperationalError

from tanhui.presentation.api.problems import Problem
from tanhui.support.columns.cursor import Crowded

ERRORS = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError, Crowded)


def problem() -> Problem:
    """What is told."""
    return Problem("busy", headers={"retry-after": "2"})
