"""Every route of an application × every role: allowed or refused as the table says, and a refusal changes nothing.

Made for any ASGI application of Starlette's kind (FastAPI is one). A route says which permission it needs: by
`openapi_extra={"x-permission": "operator:factor:read"}`, by an attribute `permission` of its endpoint, or in `permissions`
(by `"GET /api/..."`); one that needs none stands in `open_routes`. One that says nothing is a finding.

    with door(application) as client:
        assert walk(client, roles={"reviewer": {"X-Session-Token": …}, …}, digest=database_digest(dsn)) == []
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from tanhui.support.security.access.permissions import PERMISSIONS

Headers = Mapping[str, str]
HOUSEKEEPING = frozenset({"django_session", "usersessions_usersession", "access_cache"})
"""Tables that a refusal may touch: they say when a session was last seen, and how often somebody asked."""

NOBODY = "nobody"
UNAUTHORIZED, FORBIDDEN, FAULT = 401, 403, 500


class Step(NamedTuple):
    """One way to ask one route."""

    method: str
    path: str
    permission: str | None
    endpoint: Any

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def walk(
    client: TestClient, *, roles: Mapping[str, Headers], digest: Callable[[], object], permissions: Mapping[str, str] | None = None,
    open_routes: Collection[str] = (), values: Mapping[str, str] | None = None, bodies: Mapping[str, Any] | None = None,
) -> list[str]:  # fmt: skip
    """What is not as the table says, a sentence each; nothing when all is.

    `roles` gives the headers by which somebody of that role alone is known. `values` fills places of paths by their names
    (else `1`), `bodies` the JSON of a route by its name (else `{}`). Which answer an allowed request gets beyond the door
    (done, not found, badly written) is not looked at, unless it is a fault.
    """
    findings = []
    for step in steps(client.app, permissions or {}):
        if step.name in open_routes:
            continue
        if step.permission not in PERMISSIONS:
            findings.append(f"{step.name} needs a permission that the table does not have: {step.permission}")
            continue
        for role, headers in {NOBODY: {}, **roles}.items():
            before = digest()
            path = re.sub(r"{(\w+)(:\w+)?}", lambda place: (values or {}).get(place[1], "1"), step.path)
            body = None if step.method in {"GET", "HEAD", "DELETE"} else (bodies or {}).get(step.name, {})
            status = client.request(step.method, path, headers=dict(headers), json=body).status_code
            findings += _judged(step, role, status, changed=lambda before=before: digest() != before)
    return findings


def _judged(step: Step, role: str, status: int, *, changed: Callable[[], bool]) -> Iterator[str]:
    allowed = role in PERMISSIONS[step.permission or ""].roles
    expected = UNAUTHORIZED if role == NOBODY else FORBIDDEN
    if status >= FAULT:
        yield f"{step.name} fails for {role} with {status}"
    if allowed and status in {UNAUTHORIZED, FORBIDDEN}:
        yield f"{step.name} refuses {role} with {status}, who holds {step.permission}"
    if not allowed and status != expected:
        yield f"{step.name} answers {status} to {role}, who does not hold {step.permission}; {expected} is right"
    if not allowed and changed():
        yield f"{step.name} refuses {role}, and yet something has changed in the database"


def steps(app: Any, permissions: Mapping[str, str]) -> Iterator[Step]:
    """Every route and method of the application, with the permission it says it needs."""
    for prefix, route in _routes(app):
        path = prefix + route.path
        said = (getattr(route, "openapi_extra", None) or {}).get("x-permission") or getattr(
            route.endpoint, "permission", None
        )
        for method in sorted((route.methods or {"GET"}) - {"HEAD", "OPTIONS"}):
            yield Step(method, path, permissions.get(f"{method} {path}", said), route.endpoint)


def _routes(app: Any, prefix: str = "") -> Iterator[tuple[str, Route]]:
    while not hasattr(app, "routes"):  # wrapped in a middleware that keeps it under one of these names
        app = getattr(app, "app", None) or app._app
    for route in app.routes:
        if isinstance(route, Mount):
            yield from _routes(route.app, prefix + route.path)
        elif isinstance(route, Route):
            yield prefix, route
        else:
            yield from ((prefix, inner) for inner in getattr(route, "routes", []) if isinstance(inner, Route))


def database_digest(address: str, *, leave_out: Collection[str] = HOUSEKEEPING) -> Callable[[], object]:
    """What reads the content of every table in a figure or two: how many rows, and the sum of their hashes."""
    with psycopg.connect(address) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    one = "SELECT {name}, count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} AS t"
    statement = sql.SQL(" UNION ALL ").join(
        sql.SQL(one).format(name=sql.Literal(name), table=sql.Identifier(name))
        for (name,) in tables
        if name not in leave_out
    )

    def digest() -> object:
        with psycopg.connect(address) as connection:
            return sorted(connection.execute(statement).fetchall())

    return digest
