"""What people read: the OpenAPI document, its page, and a page for each kind of problem. Nothing is fetched from elsewhere."""

from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import msgspec
import yaml
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tanhui.presentation.api.problems import KINDS, Problem

_STYLE = """
:root{color-scheme:light dark}body{font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}
code,pre{font:14px/1.5 ui-monospace,monospace;background:#8882;border-radius:4px;padding:.1em .3em}pre{padding:.8em;overflow:auto}
h2{margin-top:2.5rem;border-top:1px solid #8884;padding-top:1rem}h2 b{color:#18794e}details{margin:.5rem 0}td,th{text-align:left;padding:.2em 1em .2em 0;vertical-align:top}
"""
_CSP = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}


async def get_openapi(_request: Request) -> Response:
    """The OpenAPI 3.1 document."""
    return Response(_openapi_bytes(), 200, media_type="application/json")


async def get_docs(_request: Request) -> Response:
    """The same document for people."""
    return HTMLResponse(_docs(), 200, _CSP)


async def get_problem(request: Request) -> Response:
    """What a kind of problem means, and what to do about it."""
    kind = KINDS.get(request.path_params["kind"])
    if kind is None:
        raise Problem("not_found")
    body = "".join(
        f"<h1>{escape(kind.title[language])}</h1><p>{escape(kind.remedy[language])}</p>" for language in (0, 1)
    )
    return HTMLResponse(_page(f"{kind.status} {kind.title.en}", f"<p><code>{kind.status}</code></p>{body}"), 200, _CSP)


@cache
def openapi_document() -> dict[str, Any]:
    """The document, as it is kept beside the code."""
    path = files("tanhui") / "presentation/api/partner/openapi.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


@cache
def _openapi_bytes() -> bytes:
    return msgspec.json.encode(openapi_document())


@cache
def _docs() -> str:
    document = openapi_document()
    info = document["info"]
    parts = [f"<h1>{escape(info['title'])}</h1>", *_paragraphs(info["description"])]
    parts.append('<p>OpenAPI 3.1: <a href="openapi.json">openapi.json</a></p>')
    for path, item in document["paths"].items():
        for method, operation in item.items():
            parts += _operation(path, method, operation)
    parts.append("<h2>Problems 错误</h2><table>")
    parts += [
        f'<tr><td><a href="/api/problems/{name}">{name}</a><td>{kind.status}<td>{escape(kind.title.zh)} {escape(kind.title.en)}'
        for name, kind in KINDS.items()
    ]
    return _page(info["title"], "".join([*parts, "</table>"]))


def _operation(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    parts = [f"<h2><b>{method.upper()}</b> <code>{escape(path)}</code></h2><p>{escape(operation['summary'])}</p>"]
    parts += _paragraphs(operation.get("description", ""))
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        for example in _examples(content):
            parts.append(
                f"<details><summary><code>{escape(media)}</code></summary><pre>{escape(example)}</pre></details>"
            )
    statuses = ", ".join(operation["responses"])
    return [*parts, f"<p>Answers 答复: {statuses}</p>"]


def _examples(content: dict[str, Any]) -> list[str]:
    known = openapi_document()["components"]["examples"]
    values = [content["example"]] if "example" in content else []
    named = content.get("examples", {}).values()
    values += [(known[one["$ref"].rpartition("/")[2]] if "$ref" in one else one)["value"] for one in named]
    return [one if isinstance(one, str) else msgspec.json.format(msgspec.json.encode(one)).decode() for one in values]


def _paragraphs(text: str) -> list[str]:
    return [f"<p>{escape(part)}</p>" for part in text.replace("**", "").replace("`", "").split("\n\n") if part.strip()]


def _page(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return f'<!doctype html><html lang="zh">{head}<style>{_STYLE}</style>{body}</html>'
