"""The Django application of the sign-in: it has no tables, and hears of second factors that failed."""

from django.apps import AppConfig


class SignInConfig(AppConfig):
    """The sign-in."""

    name = "tanhui.presentation.web.sign_in"
    label = "sign_in"

    def ready(self) -> None:
        """Connects to the one event for which allauth has no method to override."""
        from allauth.mfa.signals import authentication_failed  # noqa: PLC0415 - needs the models, which are loaded now

        from tanhui.presentation.web.sign_in.second_factor import second_factor_failed  # noqa: PLC0415 - as above

        authentication_failed.connect(second_factor_failed)
