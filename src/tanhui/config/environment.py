"""What the surroundings say, read once: every environment variable of the platform is in this file.

- `TANHUI_HOME`: directory for the embedded database and other data; else the user's data directory.
- `TANHUI_DATABASE_URL`: a PostgreSQL server, `postgresql://user:password@host:port/database`; else the embedded one.
- `TANHUI_POSTGRES_BIN`: PostgreSQL's programs for the embedded database (read by the engine); else the wheel's.
- `TANHUI_SECRET_KEY`: key for sessions and signatures; else made anew at each start, which logs everybody out.
- `TANHUI_PERSON_KEY`: the key under which persons' ids are hashed, 64 hexadecimal digits; else kept in the home directory.
- `TANHUI_GWP`: the set of global warming potentials, `sar`, `ar4`, `ar5` or `ar6`; else `ar5`.
- `TANHUI_DEBUG`: `1` shows errors in the browser; else off.
- `TANHUI_ALLOWED_HOSTS`: host names that are answered, by commas; else this machine's own.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

YES = {"1", "true", "yes", "on"}
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Environment:
    """The surroundings of this process, as typed values. Passwords and keys are kept out of its printed form."""

    home: Path | None
    database_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    person_key: str | None = field(repr=False)
    gwp_set: str
    debug: bool
    allowed_hosts: tuple[str, ...]


def read_environment(variables: Mapping[str, str]) -> Environment:
    """The environment that these variables describe; empty ones count as not set."""
    home = variables.get("TANHUI_HOME")
    hosts = [host.strip() for host in variables.get("TANHUI_ALLOWED_HOSTS", "").split(",")]
    return Environment(
        home=Path(home).expanduser() if home else None,
        database_url=variables.get("TANHUI_DATABASE_URL") or None,
        secret_key=variables.get("TANHUI_SECRET_KEY") or secrets.token_urlsafe(48),
        person_key=variables.get("TANHUI_PERSON_KEY") or None,
        gwp_set=variables.get("TANHUI_GWP", "").lower() or "ar5",
        debug=variables.get("TANHUI_DEBUG", "").lower() in YES,
        allowed_hosts=tuple(filter(None, hosts)) or LOCAL_HOSTS,
    )


@cache
def environment() -> Environment:
    """The environment of this process, read at the first call."""
    return read_environment(os.environ)
