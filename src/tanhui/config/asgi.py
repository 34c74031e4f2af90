"""The server's application, started by `tanhui serve` or `uvicorn tanhui.config.asgi:application`."""

import os
from typing import cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tanhui.config.settings")

from django.core.asgi import get_asgi_application

from tanhui.config.dispatch import Application, dispatch
from tanhui.config.prepare import prepare

prepare()

from tanhui.config.api import api_application  # noqa: E402 - what it loads has models, which need Django set up

application = dispatch(web=cast("Application", get_asgi_application()), api=api_application())
