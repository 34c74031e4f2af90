"""`tanhui serve`: what it listens to, and with what; and who answers which path."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner

from tanhui.config.dispatch import dispatch
from tanhui.config.environment import read_environment
from tanhui.core.refusal import Refusal
from tanhui.presentation.cli.books import Surroundings, Transport

PLAIN = Transport(None, None, None, ())


@pytest.fixture
def serve(monkeypatch):
    """What `tanhui serve` hands to uvicorn, or the code of its refusal."""
    from tanhui.presentation.cli import serve as command

    def call(transport: Transport, *arguments: str) -> Any:
        handed: list[Any] = []
        monkeypatch.setattr(
            uvicorn, "run", lambda application, **more: handed.append({"application": application, **more})
        )
        nothing: Any = lambda: None  # noqa: E731
        around = Surroundings(
            setup=nothing, prepare=nothing, person_key=nothing, now=nothing, gwp_set=nothing, has_books=nothing, begin_demo=nothing,
            end_demo=nothing, outside=nothing, transport=lambda: transport,
        )  # fmt: skip
        result = CliRunner().invoke(command.serve, arguments, obj=around)
        if isinstance(result.exception, Refusal):
            assert handed == []
            return result.exception.code
        assert result.exit_code == 0, result.exception
        return handed[0]

    return call


def test_without_tls_it_listens_to_this_machine_alone(serve):
    handed = serve(PLAIN)
    assert (handed["application"], handed["host"], handed["port"]) == (
        "tanhui.config.asgi:application",
        "127.0.0.1",
        8000,
    )
    assert (handed["ssl_certfile"], handed["proxy_headers"], handed["server_header"]) == (None, False, False)
    assert serve(PLAIN, "--host", "::1")["host"] == "::1"
    assert serve(PLAIN, "--host", "localhost")["host"] == "localhost"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "tanhui.example.org"])
def test_to_others_it_speaks_tls_or_not_at_all(serve, host):
    certificate = Transport(Path("chain.pem"), Path("key.pem"), None, ())
    assert serve(PLAIN, "--host", host) == "tls_needed"
    handed = serve(certificate, "--host", host)
    assert (handed["ssl_certfile"], handed["ssl_keyfile"]) == (Path("chain.pem"), Path("key.pem"))
    assert handed["ssl_cert_reqs"] == ssl.CERT_NONE


def test_behind_a_proxy_it_believes_that_proxy_alone(serve):
    handed = serve(Transport(None, None, None, ("10.0.0.1",)), "--host", "0.0.0.0")
    assert (handed["proxy_headers"], handed["forwarded_allow_ips"]) == (True, ["10.0.0.1"])


def test_client_certificates_are_demanded_when_their_authorities_are_named(serve):
    handed = serve(Transport(Path("c"), Path("k"), Path("ca.pem"), ()))
    assert (handed["ssl_ca_certs"], handed["ssl_cert_reqs"]) == ("ca.pem", ssl.CERT_REQUIRED)
    assert serve(Transport(None, None, Path("ca.pem"), ())) == "tls_incomplete"


def test_the_environment_says_how_it_is_served():
    env = read_environment(
        {
            "TANHUI_TLS_CERT": "/c", "TANHUI_TLS_KEY": "/k", "TANHUI_TLS_CLIENT_CA": "/ca", "TANHUI_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2",
            "TANHUI_STAFF_KEY": "ab" * 32, "TANHUI_ALLOWED_HOSTS": "a.example, b.example",
        }
    )  # fmt: skip
    assert (env.tls_cert, env.tls_key, env.tls_client_ca) == (Path("/c"), Path("/k"), Path("/ca"))
    assert (env.trusted_proxies, env.allowed_hosts) == (("10.0.0.1", "10.0.0.2"), ("a.example", "b.example"))
    assert "abab" not in repr(env)


@pytest.mark.parametrize(
    ("scope", "api", "answered"),
    [
        ({"type": "http", "path": "/api/x"}, True, "api"), ({"type": "http", "path": "/apix"}, True, "web"), ({"type": "http", "path": "/"}, True, "web"),
        ({"type": "http", "path": "/api/x"}, False, "web"), ({"type": "lifespan"}, True, "api"), ({"type": "websocket", "path": "/api/x"}, True, "api"),
    ],
)  # fmt: skip
def test_each_path_is_answered_by_whose_it_is(scope, api, answered):
    asked = []

    def one(name: str) -> Any:
        async def application(_scope: Any, _receive: Any, _send: Any) -> None:
            asked.append(name)

        return application

    asyncio.run(dispatch(web=one("web"), api=one("api") if api else None)(scope, None, None))
    assert asked == [answered]


def test_without_the_api_start_and_end_are_answered_and_a_socket_is_closed():
    told = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(told)

    async def send(message: Any) -> None:
        sent.append(message)

    application = dispatch(web=None)  # type: ignore[arg-type]
    asyncio.run(application({"type": "lifespan"}, receive, send))
    asyncio.run(application({"type": "websocket", "path": "/"}, receive, send))
    assert sent == [
        {"type": "lifespan.startup.complete"},
        {"type": "lifespan.shutdown.complete"},
        {"type": "websocket.close", "code": 1000},
    ]
