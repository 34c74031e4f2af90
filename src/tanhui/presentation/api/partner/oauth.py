"""`POST /oauth/token`: an access token for a key and its secret (RFC 6749 4.4, client credentials)."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from tanhui.presentation.api.bodies import whole_body
from tanhui.presentation.api.partner.activities import JSON, media_type
from tanhui.presentation.api.partner.answers import encode
from tanhui.presentation.api.partner.callers import basic, right_secret
from tanhui.presentation.api.partner.door import Door
from tanhui.presentation.api.partner.tokens import LASTS_S

FORM = "application/x-www-form-urlencoded"
NO_STORE = {"cache-control": "no-store"}
LONGEST_FORM = 4_096
DESCRIPTIONS = {
    "invalid_request": "Send grant_type, and the client's id and secret by HTTP Basic or in the form, as application/x-www-form-urlencoded.",
    "invalid_client": "The client's id or secret is wrong, or the key has ended.",
    "unsupported_grant_type": "grant_type must be client_credentials.",
}


async def post_token(door: Door, request: Request) -> Response:
    """A token, or an error as RFC 6749 5.2 writes it."""
    body = (await whole_body(request))[1]
    if media_type(request) != FORM or len(body) > LONGEST_FORM or not body.isascii():
        return _error("invalid_request")
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    if "grant_type" not in form:
        return _error("invalid_request")
    if form["grant_type"] != "client_credentials":
        return _error("unsupported_grant_type")
    given = basic(request)
    if given is None:
        if "client_id" not in form or "client_secret" not in form:
            return _error("invalid_client")
        given = form["client_id"], form["client_secret"]
    code, secret = given
    now = door.around.now()
    key = right_secret(await door.keyring.key(code[:60]), secret, now=now)
    if key is None:
        return _error("invalid_client")
    document = {"access_token": door.tokens.give(key.code, now=now), "token_type": "Bearer", "expires_in": LASTS_S}
    return Response(encode(document), 200, NO_STORE, JSON)


def _error(code: str) -> Response:
    status = 401 if code == "invalid_client" else 400
    headers = NO_STORE | ({"www-authenticate": 'Basic realm="tanhui"'} if status == 401 else {})
    return Response(encode({"error": code, "error_description": DESCRIPTIONS[code]}), status, headers, JSON)
