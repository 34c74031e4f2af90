"""What Django answers: the sign-in of staff. Django's own admin is not installed."""

from django.urls import include, path

urlpatterns = [path("_allauth/", include("allauth.headless.urls"))]

_ERRORS = "tanhui.presentation.web.errors."
handler400 = _ERRORS + "bad_request"
handler403 = _ERRORS + "permission_denied"
handler404 = _ERRORS + "not_found"
handler500 = _ERRORS + "server_error"
