"""Whatever fits the OpenAPI document, or does not: no 5xx, and no answer that the document does not name."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.doors import API, Doorway

OPERATIONS = [
    ("POST", "/oauth/token"), ("POST", "/activities"), ("GET", "/activities/{id}"), ("POST", "/activities/{id}/corrections"),
    ("POST", "/activities/{id}/withdrawals"), ("GET", "/me"), ("GET", "/behaviors"), ("POST", "/sandbox/reset"),
]  # fmt: skip
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance,
]  # fmt: skip
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context: Any, value: Any) -> bytes:
    """Lines as they are drawn."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture
def unlimited(django_db_setup, django_db_blocker):
    from tanhui.participants.credentials.types import Limits

    with django_db_blocker.unblock(), Doorway.open(limits=Limits(10**6, 10**6)) as doorway:
        yield doorway


def test_every_path_of_the_document_is_tried(doorway):
    document = doorway.client.get(f"{API}/openapi.json").json()
    assert {(method.upper(), path) for path, item in document["paths"].items() for method in item} == set(OPERATIONS)


@pytest.mark.parametrize("mode", MODES, ids=["fitting", "unfitting"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_fault_and_no_undocumented_answer(unlimited, method, path, mode):
    document = unlimited.client.get(f"{API}/openapi.json").json()
    operation = schemathesis.openapi.from_dict(document)[path][method]
    access = {} if path == "/oauth/token" else unlimited.headers()
    statuses = set()

    @settings(
        max_examples=30,
        deadline=None,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        sent = case.as_transport_kwargs(base_url=f"http://door.test{API}")
        sent["headers"] = {
            name: str(value).encode("latin-1", "replace") for name, value in dict(sent["headers"]).items()
        } | access
        sent.pop("auth", None)
        data = sent.pop("data", None)
        sent |= {"data": data} if isinstance(data, dict) else {"content": data} if data is not None else {}
        try:
            answer = unlimited.client.request(**sent)
        except (ValueError, UnicodeError):
            return  # a header that no client can send
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    run()
    assert statuses
