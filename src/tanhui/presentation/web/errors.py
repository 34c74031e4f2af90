"""What Django answers when it cannot answer: a problem in JSON (RFC 9457), in both languages, and nothing of the inside."""

from django.http import HttpRequest, JsonResponse

from tanhui.core.text import Text

_SAID = {
    400: Text("请求无法理解。", "The request cannot be understood."),
    403: Text("不允许。", "That is not allowed."),
    404: Text("没有这个地址。", "There is nothing here."),
    500: Text("程序内部错误。", "A fault of the program."),
}


def _problem(status: int) -> JsonResponse:
    said = _SAID[status]
    body = {"type": "about:blank", "status": status, "title": said.en, "zh": said.zh, "en": said.en}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:  # noqa: ARG001 - Django's names
    """400."""
    return _problem(400)


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:  # noqa: ARG001 - Django's names
    """403."""
    return _problem(403)


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:  # noqa: ARG001 - Django's names
    """404."""
    return _problem(404)


def server_error(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's name
    """500."""
    return _problem(500)
