"""What the surroundings say, read once: every environment variable of the platform is in this file.

- `TANHUI_HOME`: directory for the embedded database and other data; else the user's data directory.
- `TANHUI_DATABASE_URL`: a PostgreSQL server, `postgresql://user:password@host:port/database`; else the embedded one.
- `TANHUI_POSTGRES_BIN`: PostgreSQL's programs for the embedded database (read by the engine); else the wheel's.
- `TANHUI_SECRET_KEY`: key for sessions and signatures; else made anew at each start, which logs everybody out.
- `TANHUI_PERSON_KEY`: the key under which persons' ids are hashed, 64 hexadecimal digits; else kept in the home directory.
- `TANHUI_STAFF_KEY`: the key that seals the secrets of staff's second factors, likewise.
- `TANHUI_CIPHER_SUITE`: what is sealed and signed with, `international` (AES-256-GCM, SHA-256, Ed25519) or `national` (SM4-GCM,
  SM3, SM2); else `international`. After a change, `tanhui keys resuite` seals anew.
- `TANHUI_SM_LIBCRYPTO`: the libcrypto that gives SM2, such as Tongsuo's; else the system's.
- `TANHUI_KEY_PROVIDER`: who keeps the master keys, `local` (`keyring.json` in the home directory) or `vault`; else `local`.
- `TANHUI_VAULT_ADDR`, `TANHUI_VAULT_TOKEN` or `TANHUI_VAULT_TOKEN_FILE`, `TANHUI_VAULT_NAMESPACE`: Vault, and who we are there.
- `TANHUI_VAULT_MOUNT`, `TANHUI_VAULT_KEY`: its transit engine and the key there; else `transit` and `tanhui`.
- `TANHUI_TENCENT_SECRET_ID`, `TANHUI_TENCENT_SECRET_KEY`: the account with Tencent Cloud, which brings codes to phones and checks
  identities; without them nobody registers. `TANHUI_TENCENT_REGION`: else `ap-guangzhou`.
- `TANHUI_TENCENT_SMS_APP`, `TANHUI_TENCENT_SMS_SIGN`, `TANHUI_TENCENT_SMS_TEMPLATE`: the message as it was approved there.
- `TANHUI_TENCENT_SMS_ENDPOINT`, `TANHUI_TENCENT_FACEID_ENDPOINT`: where it is called; else the public addresses.
- `TANHUI_GWP`: the set of global warming potentials, `sar`, `ar4`, `ar5` or `ar6`; else `ar5`.
- `TANHUI_DEBUG`: `1` shows errors in the browser; else off.
- `TANHUI_ALLOWED_HOSTS`: host names that are answered, by commas; else this machine's own.
- `TANHUI_TLS_CERT`, `TANHUI_TLS_KEY`: files with the certificate chain and its key, for `tanhui serve`; else plain HTTP, to this
  machine alone.
- `TANHUI_TLS_CLIENT_CA`: file with the authorities of client certificates; then every client must show one (mTLS).
- `TANHUI_TRUSTED_PROXIES`: addresses of the proxies that end TLS in front of `tanhui serve`, by commas; only from them are
  `X-Forwarded-For` and `X-Forwarded-Proto` believed.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TENCENT = "TANHUI_TENCENT_"
YES = {"1", "true", "yes", "on"}
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Environment:
    """The surroundings of this process, as typed values. Passwords and keys are kept out of its printed form."""

    home: Path | None
    database_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    person_key: str | None = field(repr=False)
    staff_key: str | None = field(repr=False)
    cipher_suite: str
    sm_libcrypto: str
    key_provider: str
    vault_address: str
    vault_token: str = field(repr=False)
    vault_token_file: Path | None
    vault_namespace: str
    vault_mount: str
    vault_key: str
    tencent: Mapping[str, str] = field(repr=False)
    """What is set of `TANHUI_TENCENT_…`, by the name without that beginning in lower case."""
    gwp_set: str
    debug: bool
    allowed_hosts: tuple[str, ...]
    tls_cert: Path | None
    tls_key: Path | None
    tls_client_ca: Path | None
    trusted_proxies: tuple[str, ...]


def read_environment(variables: Mapping[str, str]) -> Environment:
    """The environment that these variables describe; empty ones count as not set."""
    return Environment(
        home=_path(variables, "TANHUI_HOME"),
        database_url=variables.get("TANHUI_DATABASE_URL") or None,
        secret_key=variables.get("TANHUI_SECRET_KEY") or secrets.token_urlsafe(48),
        person_key=variables.get("TANHUI_PERSON_KEY") or None,
        staff_key=variables.get("TANHUI_STAFF_KEY") or None,
        cipher_suite=variables.get("TANHUI_CIPHER_SUITE", "").lower() or "international",
        sm_libcrypto=variables.get("TANHUI_SM_LIBCRYPTO", ""),
        key_provider=variables.get("TANHUI_KEY_PROVIDER", "").lower() or "local",
        vault_address=variables.get("TANHUI_VAULT_ADDR", ""),
        vault_token=variables.get("TANHUI_VAULT_TOKEN", ""),
        vault_token_file=_path(variables, "TANHUI_VAULT_TOKEN_FILE"),
        vault_namespace=variables.get("TANHUI_VAULT_NAMESPACE", ""),
        vault_mount=variables.get("TANHUI_VAULT_MOUNT") or "transit",
        vault_key=variables.get("TANHUI_VAULT_KEY") or "tanhui",
        tencent={
            name.removeprefix(TENCENT).lower(): value
            for name, value in variables.items()
            if name.startswith(TENCENT) and value
        },
        gwp_set=variables.get("TANHUI_GWP", "").lower() or "ar5",
        debug=variables.get("TANHUI_DEBUG", "").lower() in YES,
        allowed_hosts=_list(variables, "TANHUI_ALLOWED_HOSTS") or LOCAL_HOSTS,
        tls_cert=_path(variables, "TANHUI_TLS_CERT"),
        tls_key=_path(variables, "TANHUI_TLS_KEY"),
        tls_client_ca=_path(variables, "TANHUI_TLS_CLIENT_CA"),
        trusted_proxies=_list(variables, "TANHUI_TRUSTED_PROXIES"),
    )


def _path(variables: Mapping[str, str], name: str) -> Path | None:
    written = variables.get(name)
    return Path(written).expanduser() if written else None


def _list(variables: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in variables.get(name, "").split(","))))


@cache
def environment() -> Environment:
    """The environment of this process, read at the first call."""
    return read_environment(os.environ)
