"""One ASGI application of two: `/api/` is the API's, everything else Django's."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

API = "/api/"


def dispatch(*, web: Application, api: Application | None = None) -> Application:
    """The application that passes each request to whose path it is; start and end of the process are the API's."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await (api or _lifespan)(scope, receive, send)
        elif api is not None and scope["path"].startswith(API):
            await api(scope, receive, send)
        elif scope["type"] == "http":
            await web(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    return application


async def _lifespan(_scope: Scope, receive: Receive, send: Send) -> None:
    """Django has nothing to start or to end."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
