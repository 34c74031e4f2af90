"""Members of staff who enter, review and approve, and documents of the installation's own, for tests."""

import re
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import yaml
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
    document = re.sub(r"^comparisons:\n(  .*\n)+", "", document, flags=re.MULTILINE)  # they are of the shipped figure
    document = re.sub(r"^version: .*$", f"version: {version}", document, flags=re.MULTILINE)
    document = re.sub(r"^valid: .*$", f"valid: {{from: {day}}}", document, flags=re.MULTILINE)
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


def factor(per_km: str = "30", *, day: str = DAY, past: str | None = None) -> dict[str, str]:
    """The factor of Shenzhen's metro as it ships, with another value from that day on; `past` changes what was before, too."""
    from tanhui.steps.quantify.library import library

    code = "transport.reduction.metro"
    shipped = library().factors[code]
    rows = [
        {"region": v.region, "from": str(v.valid_from), "value": str(v.value), "quality": v.quality, "source": "ours", "where": "page 1"}
        | ({"until": str(v.valid_until)} if v.valid_until else {})
        for v in shipped.values
    ]  # fmt: skip
    last = next(row for row in reversed(rows) if row["region"] == "440300")
    rows.append(last | {"from": day, "value": per_km, "where": "page 2"})
    last["until"] = day
    last["value"] = past or last["value"]
    title = {"zh": "地铁出行减排量", "en": "Reduction by metro"}
    source = {
        "title": title,
        "publisher": "city",
        "year": 2026,
        "url": "https://example.org/metro",
        "read": "original page",
    }
    content = {
        "schema": "tanhui/factor/1", "sources": {"ours": source},
        "factors": [{"code": code, "title": title, "unit": shipped.unit, "values": rows}],
    }  # fmt: skip
    return {"document": yaml.safe_dump(content, allow_unicode=True, sort_keys=False)}
