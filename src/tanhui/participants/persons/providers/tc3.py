"""TC3-HMAC-SHA256, the signature of Tencent Cloud's API 3.0, for POST requests of JSON.

Source: Tencent Cloud, "Signature v3" (签名方法 v3), https://cloud.tencent.com/document/api/362/4208. A published worked example is a
case of `tests/unit/persons/test_tc3.py`.
"""

import hmac
from datetime import UTC, datetime
from hashlib import sha256

ALGORITHM = "TC3-HMAC-SHA256"
CONTENT_TYPE = "application/json; charset=utf-8"
_SIGNED = "content-type;host"


def authorization(*, secret_id: str, secret_key: str, service: str, host: str, body: bytes, now: datetime) -> str:
    """The header `Authorization` of a POST of that JSON body to `/` at that host."""
    at = int(now.timestamp())
    scope = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}/{service}/tc3_request"
    headers = f"content-type:{CONTENT_TYPE}\nhost:{host}\n"
    request = "\n".join(("POST", "/", "", headers, _SIGNED, sha256(body).hexdigest()))
    told = "\n".join((ALGORITHM, str(at), scope, sha256(request.encode()).hexdigest()))
    key = f"TC3{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, told.encode(), "sha256").hex()
    return f"{ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"
