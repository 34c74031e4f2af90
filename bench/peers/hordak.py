"""The same transfers posted one by one by django-hordak, on the same server: `python -m bench.peers.hordak HOST PORT USER`.

An activity is one transfer here, of its milligrams; its points and its duplicate check are left out, to its advantage.
Prints transfers per second.
"""

import sys
import time

import django
from django.conf import settings

DATABASE = "bench_hordak"
PERSONS, TRANSFERS = 200, 500


def main(host: str, port: str, user: str) -> None:
    """Sets hordak up, posts, and prints the rate."""
    server = {"ENGINE": "django.db.backends.postgresql", "HOST": host, "PORT": port, "USER": user, "NAME": DATABASE}
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "mptt", "hordak"], DATABASES={"default": server},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField", DEFAULT_CURRENCY="CNY", HORDAK_INTERNAL_CURRENCY="CNY",
        HORDAK_CURRENCIES=["CNY"], HORDAK_DECIMAL_PLACES=0, USE_TZ=True,
    )  # fmt: skip
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up only now
    from hordak.models import Account  # noqa: PLC0415
    from moneyed import Money  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    issued = Account.objects.create(name="issued", type=Account.TYPES.income, code="0", currencies=["CNY"])
    accounts = [
        Account.objects.create(name=f"person {n}", type=Account.TYPES.asset, code=str(n), currencies=["CNY"])
        for n in range(1, PERSONS + 1)
    ]
    for account in accounts[:50]:
        issued.transfer_to(account, Money(1, "CNY"))
    began = time.perf_counter()
    for number in range(TRANSFERS):
        issued.transfer_to(accounts[number * 7919 % PERSONS], Money(500_000 + number, "CNY"))
    print(TRANSFERS / (time.perf_counter() - began))


if __name__ == "__main__":
    main(*sys.argv[1:4])
