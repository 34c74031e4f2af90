"""How the keys stand: what wraps them, how many under which version, and what seals."""

from collections import Counter
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, QuerySet

from tanhui.support.security.keys.installation import installation
from tanhui.support.security.keys.models import DataKey, IndexKey
from tanhui.support.security.keys.suites import SUITES, sm2
from tanhui.support.security.keys.types import SealedColumn


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How many keys one version of a provider's key wraps."""

    provider: str
    version: int
    data_keys: int
    index_keys: int


@dataclass(frozen=True, slots=True)
class KeysStatus:
    """The installation's choice, the provider's versions, and the keys by what wraps them."""

    suite: str
    algorithms: str
    sm2_available: bool
    provider: str
    versions: list[int]
    shredded: int
    wrappings: list[Wrapping]


def keys_status() -> KeysStatus:
    """How the keys stand now. Raises as the provider."""
    installed = installation()
    data = _by_wrapping(DataKey.objects.filter(wrapped__isnull=False))
    index = _by_wrapping(IndexKey.objects.all())
    return KeysStatus(
        suite=installed.suite.name, algorithms=installed.suite.algorithms, sm2_available=sm2.available(),
        provider=installed.provider.name, versions=installed.provider.versions(),
        shredded=DataKey.objects.filter(wrapped__isnull=True).count(),
        wrappings=[
            Wrapping(provider, version, data[provider, version], index[provider, version])
            for provider, version in sorted(data.keys() | index.keys())
        ],
    )  # fmt: skip


def blobs_by_suite(column: SealedColumn) -> dict[str, int]:
    """How many blobs of that column each suite sealed, shredded ones included; `?` for what names no suite."""
    name = connection.ops.quote_name
    held = name(column.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT CASE WHEN length({held}) > 1 THEN get_byte({held}, 1) END, count(*) FROM {name(column.table)} "
            f"WHERE {held} IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        return {SUITES[number].name if number in SUITES else "?": many for number, many in cursor.fetchall()}


def _by_wrapping(keys: QuerySet[DataKey] | QuerySet[IndexKey]) -> Counter[tuple[str, int]]:
    found = keys.order_by().values("provider", "provider_version").annotate(many=Count("pk"))
    return Counter({(row["provider"], row["provider_version"]): row["many"] for row in found})
