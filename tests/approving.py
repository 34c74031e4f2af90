"""Members of staff who enter, review and approve, and documents of the installation's own, for tests."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

import tanhui.methodologies

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
"""After the documents below have come into force."""
DAY = "2026-03-05"
_NUMBERS = count(1)
METRO = Path(tanhui.methodologies.__path__[0]) / "19-metro" / "metro-shenzhen.yaml"
PARAMETER = """parameters:
  ours:
    title: {zh: 本市系数, en: our own coefficient}
    value: "40"
    unit: gCO2e/(passenger*km)
    quality: official
    source: sz-2021
    where: table 1
"""


def somebody(*roles: str, name: str = "") -> Any:
    """A new member of the operator's staff with these roles, as an actor; it has no usable password, and needs none here."""
    from tanhui.support.security.access.selectors import actor_by_login
    from tanhui.support.security.access.services import grant_role
    from tanhui.support.security.access.types import platform

    login = f"{name.lower() or 'staff'}-{next(_NUMBERS)}-{datetime.now(UTC).timestamp()}"
    row = get_user_model().objects.create(
        login=login, name=name or login, audience="operator", password="!", created_at=NOW, created_by="test",
        password_expires_at=NOW,
    )  # fmt: skip
    with transaction.atomic():
        for role in roles:
            grant_role(row.pk, role, by=platform("test"), now=NOW)
    return actor_by_login(login)


def around(now: datetime = NOW) -> Any:
    from tanhui.flows.kinds.kind import Around

    return Around(now, "ar5")


def metro(version: str = "2.0.0", *, day: str = DAY, per_km: str = "40") -> dict[str, str]:
    """Shenzhen's metro methodology in another version: so many grams a kilometre, from that day on, with its cases."""
    document = METRO.read_text(encoding="utf-8")
    document = document.replace("version: 1.0.0", f"version: {version}").replace("2010-01-01", day)
    document = document.replace("[transport.reduction.metro]", "[ours]").replace(
        "boundary:\n", PARAMETER + "boundary:\n", 1
    )
    return {"document": document.replace('value: "40"', f'value: "{per_km}"'), "cases": metro_cases(per_km, day)}


def metro_cases(per_km: str, day: str) -> str:
    cases = [
        f'  - {{name: {km} km, given: {{distance_km: "{km}"}}, on: {day}, region: "440300", '
        f"expect: {{reduction_mg: {round(km * float(per_km) * 1000)}}}}}"
        for km in (1, 10, 100)
    ]
    return "schema: tanhui/cases/1\nmethodology: metro-shenzhen\ncases:\n" + "\n".join(cases) + "\n"


def rule(code: str, version: int = 1, *, day: str = DAY, points: str = "2") -> dict[str, str]:
    """A conversion rule of that code: so many points a gram, from that day on."""
    return {
        "document": f"""
schema: tanhui/points-rule/1
code: {code}
version: {version}
valid: {{from: {day}}}
rate: {{points: "{points}", per_g: "1"}}
expiry: {{kind: never}}
claw_back: negative
approved_by: nobody
"""
    }


def factor(per_km: str = "30", *, day: str = DAY, past: str = "46.7") -> dict[str, str]:
    """The factor of Shenzhen's metro with another value from that day on."""
    return {
        "document": f"""
schema: tanhui/factor/1
sources:
  ours:
    title: {{zh: 本市公布, en: as the city publishes}}
    publisher: city
    year: 2026
    url: https://example.org/metro
    read: original page
factors:
  - code: transport.reduction.metro
    title: {{zh: 地铁出行减排量, en: Reduction by metro}}
    unit: gCO2e/(passenger*km)
    values:
      - {{region: "440300", from: 2010-01-01, until: 2021-01-01, value: "{past}", quality: assumption, assumption: {{zh: 外推, en: extrapolated}}}}
      - {{region: "440300", from: 2021-01-01, until: {day}, value: "46.7", source: ours, where: page 1, quality: press}}
      - {{region: "440300", from: {day}, value: "{per_km}", source: ours, where: page 2, quality: press}}
      - {{region: "420100", from: 2025-01-01, value: "78.4", source: ours, where: page 3, quality: operator}}
"""
    }
