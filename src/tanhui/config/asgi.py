"""The ASGI application of the whole platform: `/api/` is the API's own, everything else Django's."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast

from django.core.asgi import get_asgi_application

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

API = "/api/"
API_MODULE = "tanhui.presentation.api.application"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tanhui.config.settings")
web = cast(Application, get_asgi_application())  # sets Django up, which the API's module needs
api: Application | None = import_module(API_MODULE).application if find_spec(API_MODULE) else None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Passes each connection to whose path it is; the start and the end of the process are the API's, if it is there."""
    if scope["type"] == "lifespan":
        await (api or _lifespan)(scope, receive, send)
    elif api is not None and scope["path"].startswith(API):
        await api(scope, receive, send)
    elif scope["type"] == "http":
        await web(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1000})


async def _lifespan(_scope: Scope, receive: Receive, send: Send) -> None:
    """Django has nothing to start or to end."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
