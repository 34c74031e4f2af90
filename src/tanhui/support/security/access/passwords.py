"""What a password must have beyond Django's own rules."""

from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from tanhui.core.text import Text

KINDS = 3
_NEEDED = Text(
    "密码须包含大写字母、小写字母、数字、其他字符中的至少三类。",
    "A password has at least three of: capital letters, small letters, digits, other characters.",
)


class KindsOfCharacters:
    """At least three of four kinds of characters (GB/T 22239 level 3, 8.1.4.1: complexity)."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002 - Django's signature
        """Raises `ValidationError` when there are fewer kinds."""
        kinds = {
            "capital" if sign.isupper() else "small" if sign.islower() else "digit" if sign.isdigit() else "other"
            for sign in password
        }
        if len(kinds) < KINDS:
            raise ValidationError(_spoken(), code="password_kinds")

    def get_help_text(self) -> str:
        """The rule in words."""
        return _spoken()


def _spoken() -> str:
    return _NEEDED.get("zh" if (get_language() or "zh").startswith("zh") else "en")
