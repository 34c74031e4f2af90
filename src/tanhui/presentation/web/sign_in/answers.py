"""What the sign-in answers when it refuses: allauth's shape of errors, with a stable code and both languages' sentences."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.access.types import Client

LOCKED = Refusal(
    "locked",
    Text("登录失败次数过多，账户已锁定，请稍后再试。", "Too many failures; the account is locked. Try again later."),
)
ENROLMENT_OVER = Refusal(
    "enrolment_over",
    Text(
        "设置第二因素的期限已过，请联系安全管理员重置。",
        "The time to set up a second factor is over; ask the security administrator to reset it.",
    ),
)
NOT_HERE = Refusal("not_found", Text("没有这个地址。", "There is nothing here."))
UNREADABLE = Refusal("unreadable", Text("请求体应为一个 JSON 对象。", "The body must be one object of JSON."))
LAST_FACTOR = Refusal(
    "last_second_factor",
    Text("这是最后一个第二因素，不能删除。", "This is the last second factor; it cannot be removed."),
)


def refused(refusal: Refusal, status: int) -> JsonResponse:
    """The refusal as allauth writes errors, in both languages."""
    error = {"code": refusal.code, "message": refusal.text.en, "zh": refusal.text.zh, "en": refusal.text.en}
    return JsonResponse({"status": status, "errors": [error]}, status=status)


def locked_out(
    _request: HttpRequest, _original: HttpResponse | None = None, _credentials: object = None
) -> HttpResponse:
    """The answer to whoever failed too often, known account or not."""
    return refused(LOCKED, 429)


def tried_login(_request: HttpRequest | None, credentials: dict[str, str] | None) -> str | None:
    """The name under which failures are counted: the account's own, however it was typed."""
    return (credentials or {}).get("username", "").lower() or None


def client_of(request: HttpRequest) -> Client:
    """Where the request came from; behind a proxy that is trusted, the server has put the client's own address there."""
    return Client(request.META.get("REMOTE_ADDR"), request.headers.get("user-agent", ""))
