"""`tanhui db`: the embedded database: whether it runs and where, and how to end it. A server named by its address is its own."""

from typing import Any

import click
from django.db import connections

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.output import console, json_option, print_json


@click.group(help=say("内嵌数据库：状态、停止。", "The embedded database: status, stop."))
def db() -> None:
    """The embedded database."""


@db.command(help=say("数据库是否在运行，数据在哪里", "Whether it runs, and where its data are"))
@json_option
def status(*, as_json: bool) -> None:
    """Shows the server; starts nothing."""
    server = _embedded().server_status()
    if as_json:
        print_json(
            {"running": server is not None}
            | (
                {}
                if server is None
                else {
                    "pid": server.pid,
                    "version": str(server.version),
                    "home": str(server.home),
                    "socket": str(server.host),
                }
            )
        )
    elif server is None:
        console.print(say("未运行；首次使用时自动启动。", "Not running; it starts at first use."))
    else:
        console.print(f"PostgreSQL {server.version} · pid {server.pid} · {server.home}")


@db.command(help=say("停止数据库；下次使用时自动启动", "End it; it starts again at the next use"))
def stop() -> None:
    """Ends the server."""
    stopped = _embedded().stop_server()
    console.print(say("已停止。", "Ended.") if stopped else say("未在运行。", "It was not running."))


def _embedded() -> Any:
    connection = connections["owner"]
    if not hasattr(connection, "server_status"):
        raise Refusal(
            "not_embedded",
            Text(
                "正在使用 TANHUI_DATABASE_URL 指定的服务器，它不由碳惠管理。",
                "The server is the one of TANHUI_DATABASE_URL; Tanhui does not manage it.",
            ),
        )
    return connection
