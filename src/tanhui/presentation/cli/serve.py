"""`tanhui serve`: the platform over HTTP, in one process; without TLS it listens to this machine alone."""

import ssl
from ipaddress import ip_address

import click
import uvicorn

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.presentation.cli.books import surroundings
from tanhui.presentation.cli.language import say

APPLICATION = "tanhui.config.asgi:application"


@click.command(help=say("启动 HTTP 服务（接口与登录）。", "Serve the platform over HTTP: the API and the sign-in."))
@click.option("--host", default="127.0.0.1", show_default=True, help=say("监听地址", "Address to listen on"))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=say("端口", "Port"))
def serve(host: str, port: int) -> None:
    """Serves until it is told to stop."""
    around = surroundings()
    transport = around.transport()
    if transport.certificate is None and not transport.trusted_proxies and not _is_this_machine(host):
        text = Text(
            "在 {h} 上监听须使用 TLS：设置 TANHUI_TLS_CERT 和 TANHUI_TLS_KEY，或在 TANHUI_TRUSTED_PROXIES 中注明终止 TLS 的代理。",
            "Listening on {h} needs TLS: set TANHUI_TLS_CERT and TANHUI_TLS_KEY, or name the proxy that ends TLS in "
            "TANHUI_TRUSTED_PROXIES.",
        )
        raise Refusal("tls_needed", text.format(h=host), field="host")
    if transport.client_authorities is not None and transport.certificate is None:
        text = Text(
            "TANHUI_TLS_CLIENT_CA 须与 TANHUI_TLS_CERT 一起设置。",
            "TANHUI_TLS_CLIENT_CA needs TANHUI_TLS_CERT beside it.",
        )
        raise Refusal("tls_incomplete", text)
    around.prepare()
    uvicorn.run(
        APPLICATION, host=host, port=port, server_header=False, access_log=False,
        proxy_headers=bool(transport.trusted_proxies), forwarded_allow_ips=list(transport.trusted_proxies),
        ssl_certfile=transport.certificate, ssl_keyfile=transport.key,
        ssl_ca_certs=str(transport.client_authorities) if transport.client_authorities else None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if transport.client_authorities else ssl.CERT_NONE,
    )  # fmt: skip


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
