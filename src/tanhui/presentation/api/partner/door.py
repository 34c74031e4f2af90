"""What every request of a partner passes: who calls, how much it may ask for, and which office works for it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from tanhui.flows.partner_keys import present_sandbox, virtual_partner
from tanhui.flows.record_activities import Sender
from tanhui.participants.credentials.types import StoredKey
from tanhui.participants.organizations.types import PartnerTerms
from tanhui.presentation.api.around import Around
from tanhui.presentation.api.bodies import whole_body
from tanhui.presentation.api.offices import Office
from tanhui.presentation.api.partner.callers import Caller, bearer, opening, unauthenticated
from tanhui.presentation.api.partner.keyring import BELIEVED_S, Keyring
from tanhui.presentation.api.partner.rates import Allowances
from tanhui.presentation.api.partner.signatures import Signatures, is_signed
from tanhui.presentation.api.partner.tokens import Tokens

Page = Callable[["Door", Request, Caller], Awaitable[Response]]
SCOPE = "reference"


class Door:
    """The partners' door of one process."""

    def __init__(self, around: Around) -> None:
        self.around = around
        self.live, self.sandbox = Office(around, sandbox=False), Office(around, sandbox=True)
        self.keyring = Keyring(self.live, around.now)
        self.tokens = Tokens(around.master)
        self.allowances = Allowances()
        self.signatures = Signatures(around, self.live, self.keyring)
        self._virtual: dict[int, tuple[float, PartnerTerms, PartnerTerms, str]] = {}

    async def caller(self, request: Request) -> Caller:
        """Who calls; a signed request is read whole for it. Raises `Problem`: `unauthenticated`, `invalid_signature`."""
        token = bearer(request)
        if token is not None:
            code = self.tokens.read(token, now=self.around.now())
            key = opening(None if code is None else await self.keyring.key(code), now=self.around.now())
        elif is_signed(request):
            request.scope["body"] = await whole_body(request)
            key = await self.signatures.key(request, request.scope["body"][0])
        else:
            raise unauthenticated()
        return Caller(key, self.allowances.of(key.terms.id, live=key.live, limits=key.limits))

    async def body(self, request: Request) -> bytes:
        """The body, whole and unpacked."""
        if "body" not in request.scope:
            request.scope["body"] = await whole_body(request)
        unpacked: bytes = request.scope["body"][1]
        return unpacked

    def office(self, key: StoredKey) -> Office:
        """Where the key's requests are worked on."""
        return self.live if key.live else self.sandbox

    async def sender(self, key: StoredKey) -> Sender:
        """Whose records the key sends."""
        if key.live:
            return Sender(key.terms, key.terms.code, "api")
        terms, space = await self._virtual_partner(key)
        return Sender(terms, space, "sandbox")

    def forget_sandbox(self, partner_id: int) -> None:
        """What is known of the partner's sandbox is asked anew."""
        self._virtual.pop(partner_id, None)

    async def close(self) -> None:
        """Ends, once what was taken in is answered."""
        await self.live.close()
        await self.sandbox.close()

    async def _virtual_partner(self, key: StoredKey) -> tuple[PartnerTerms, str]:
        now = self.around.now()
        known = self._virtual.get(key.terms.id)
        if known is None or now.timestamp() >= known[0] or known[1] != key.terms:
            generation = await self.live.run(present_sandbox, key.terms.id)
            await self.sandbox.booking()
            terms = await self.sandbox.run(virtual_partner, key.terms, generation=generation, now=now)
            until = (now + timedelta(seconds=BELIEVED_S)).timestamp()
            known = self._virtual[key.terms.id] = until, key.terms, terms, f"{key.terms.code}/{generation}"
        return known[2], known[3]
