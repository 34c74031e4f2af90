"""The walk over routes × roles finds what it should: tried on small applications, right ones and wrong ones."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import Depends, FastAPI, Header, HTTPException
from starlette.testclient import TestClient
from tests import databases
from tests.access_matrix import database_digest, walk
from tests.staffing import token_of_each_role

READ, ENTER = "operator:factor:read", "operator:factor:enter"


@pytest.fixture(autouse=True)
def _cheap(settings) -> None:
    """In place of the other tests' fixture: nothing is taken back here, the database is dropped."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def somebodies(django_db_setup, django_db_blocker, run_of_tests, worker_id) -> Iterator[tuple[str, dict[str, Any]]]:
    """A database of its own, with one signed-in member of staff of each role: its address, and their headers."""
    from django.conf import settings as django_settings

    with django_db_blocker.unblock():
        kept, name = databases.connections["default"].settings_dict["NAME"], run_of_tests.clone(f"{worker_id}_matrix")
        databases.name_database(name)
        hashers, django_settings.PASSWORD_HASHERS = (
            django_settings.PASSWORD_HASHERS,
            ["django.contrib.auth.hashers.MD5PasswordHasher"],
        )
        yield (
            run_of_tests.address(name),
            {role: {"X-Session-Token": token} for role, token in token_of_each_role().items()},
        )
        django_settings.PASSWORD_HASHERS = hashers
        databases.name_database(kept)
        run_of_tests.drop(name)


def who(x_session_token: str = Header("")) -> Any:
    from django.db import connection
    from django.utils import timezone

    from tanhui.flows.staff_sessions import staff_actor
    from tanhui.support.security.access.types import SignInIncomplete, SignInNeeded

    try:
        return staff_actor(x_session_token, now=timezone.now())
    except SignInNeeded as needed:
        raise HTTPException(401, needed.code) from None
    except SignInIncomplete as incomplete:
        raise HTTPException(403, incomplete.code) from None
    finally:
        connection.close()


def needs(permission: str, *, instead: str | None = None, writes: bool = False) -> Any:
    """A route's door: it says `permission`; it asks for `instead`; it may write before it refuses."""
    from django.db import connection
    from django.utils import timezone

    from tanhui.support.security.access.policies import may
    from tanhui.support.security.access.services import record_sign_in
    from tanhui.support.security.access.types import Client

    def door(actor: Any = Depends(who)) -> None:  # noqa: B008 - FastAPI's way
        if writes:
            record_sign_in(staff=actor.number, event="x", method="", client=Client(None, ""), now=timezone.now())
            connection.close()
        if not may(actor, instead or permission):
            raise HTTPException(403)

    return {"dependencies": [Depends(door)], "openapi_extra": {"x-permission": permission}}


def answers(body: Any = None, number: int = 0) -> dict[str, bool]:
    return {"done": True}


def found(somebodies: tuple[str, dict[str, Any]], *routes: tuple[str, str, dict[str, Any]], **more: Any) -> list[str]:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for method, path, door in routes:
        app.add_api_route(path, answers, methods=[method], **door)
    with TestClient(app, raise_server_exceptions=False) as client:
        return walk(client, roles=somebodies[1], digest=database_digest(somebodies[0]), **more)


def test_doors_as_the_table_says_are_found_right(somebodies):
    routes = [("GET", "/api/factors/{number}", needs(READ)), ("POST", "/api/factors", needs(ENTER))]
    assert found(somebodies, *routes, ("GET", "/api/health", {}), open_routes=["GET /api/health"]) == []


def test_a_route_that_says_no_permission_is_found(somebodies):
    assert found(somebodies, ("GET", "/api/factors", {})) == [
        "GET /api/factors needs a permission that the table does not have: None"
    ]


def test_a_door_that_asks_for_too_little_is_found(somebodies):
    findings = found(somebodies, ("POST", "/api/factors", needs(ENTER, instead=READ)))
    assert "POST /api/factors answers 200 to analyst, who does not hold operator:factor:enter; 403 is right" in findings
    assert len(findings) == 6


def test_a_door_that_asks_for_too_much_is_found(somebodies):
    findings = found(somebodies, ("GET", "/api/factors", needs(READ, instead=ENTER)))
    assert "GET /api/factors refuses auditor with 403, who holds operator:factor:read" in findings
    assert len(findings) == 6


def test_a_route_without_a_door_is_found(somebodies):
    findings = found(somebodies, ("GET", "/api/factors", {}), permissions={"GET /api/factors": READ})
    assert "GET /api/factors answers 200 to nobody, who does not hold operator:factor:read; 401 is right" in findings


def test_a_refusal_that_writes_is_found(somebodies):
    findings = found(somebodies, ("POST", "/api/factors", needs(ENTER, writes=True)))
    assert "POST /api/factors refuses analyst, and yet something has changed in the database" in findings
    assert len(findings) == len(somebodies[1]) - 1
