"""The application that answers under `/api/`: its routes, a number for each request, and problems told as problems."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tanhui.core.refusal import Refusal
from tanhui.presentation.api import unreachable
from tanhui.presentation.api.around import Around
from tanhui.presentation.api.pages import get_docs, get_openapi, get_problem
from tanhui.presentation.api.partner.about import get_behaviors, get_me, post_reset
from tanhui.presentation.api.partner.activities import post_activities
from tanhui.presentation.api.partner.door import Door, Page
from tanhui.presentation.api.partner.oauth import post_token
from tanhui.presentation.api.partner.records import get_activity, post_correction, post_withdrawal
from tanhui.presentation.api.problems import PAGES, Problem, answer, refused

PARTNER = "/api/partner/v1"
SWITCH_S = 0.0005
"""The loop waits for a booking thread that computes no longer than this (Python's own is ten times as long)."""
_KINDS = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def build(around: Around) -> ASGIApp:
    """The application; its surroundings say where the books are."""
    door = Door(around)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        yield
        await door.close()
        sys.setswitchinterval(before)

    def known(page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def answered(request: Request) -> Response:
            caller = await door.caller(request)
            caller.allowance.take(requests=1)
            request.scope["allowance"] = caller.allowance
            return await page(door, request, caller)

        return answered

    async def token(request: Request) -> Response:
        return await post_token(door, request)

    routes = [
        Route(f"{PARTNER}/oauth/token", token, methods=["POST"]),
        Route(f"{PARTNER}/activities", known(post_activities), methods=["POST"]),
        Route(f"{PARTNER}/activities/{{id:path}}/corrections", known(post_correction), methods=["POST"]),
        Route(f"{PARTNER}/activities/{{id:path}}/withdrawals", known(post_withdrawal), methods=["POST"]),
        Route(f"{PARTNER}/activities/{{id:path}}", known(get_activity), methods=["GET"]),
        Route(f"{PARTNER}/me", known(get_me), methods=["GET"]),
        Route(f"{PARTNER}/behaviors", known(get_behaviors), methods=["GET"]),
        Route(f"{PARTNER}/sandbox/reset", known(post_reset), methods=["POST"]),
        Route(f"{PARTNER}/openapi.json", get_openapi, methods=["GET"]),
        Route(f"{PARTNER}/docs", get_docs, methods=["GET"]),
        Route(f"{PAGES}{{kind}}", get_problem, methods=["GET"]),
    ]
    handlers = {Problem: _problem, Refusal: _refusal, HTTPException: _http, Exception: _fault}
    handlers |= dict.fromkeys(unreachable.ERRORS, _unreachable)
    return Numbered(Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers))


class Numbered:
    """Gives each request a number, which its answer carries, with what the partner may ask for still."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = scope["request_id"] = uuid4().hex

        async def send_numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers["x-request-id"] = number
                if (allowance := scope.get("allowance")) is not None:
                    headers.update(allowance.headers())
            await send(message)

        await self._app(scope, receive, send_numbered)


async def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return answer(request, problem)


async def _refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return answer(request, refused(refusal))


async def _http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    kind = _KINDS.get(problem.status_code, "malformed")
    return answer(request, Problem(kind, headers=dict(problem.headers or {})))


async def _unreachable(request: Request, _problem: Exception) -> Response:
    return answer(request, unreachable.problem())


async def _fault(request: Request, _problem: Exception) -> Response:
    return answer(request, Problem("internal"))
