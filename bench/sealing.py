"""Fields sealed and unsealed per second by each suite, beside the bare cipher of the same run, and with the database.

`bare` is the suite's cipher alone, under one key, with a fresh nonce each time. `envelope` is all that a blob is: its head, its
owner and field bound, a key per person that is open already. `service` is `seal_many` and `unseal_many` for 1,000 persons at a
call, whose wrapped keys are read from the database and unwrapped with the keyring each time. `one` is `seal` and `unseal` of a
single field of a person whose key is remembered: one look into the database each.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.db import transaction

from bench.database import begin_anew, say
from bench.records import NOW
from tanhui.support.security.keys.envelope import OpenKey, seal_text, unseal_text
from tanhui.support.security.keys.installation import installation
from tanhui.support.security.keys.services import blind_indexes, open_owner, seal, seal_many, unseal, unseal_many
from tanhui.support.security.keys.suites import SUITES
from tanhui.support.security.keys.suites.suite import NONCE_BYTES, CipherSuite

TEXT = "11010519491231002X"
FIELD = "persons_identity.number"
PERSONS = 1_000
TURNS = 7


def run(*, quick: bool = False) -> dict[str, object]:
    """The figures of this benchmark."""
    many = 5_000 if quick else 40_000
    say(f"sealing: {PERSONS:,} persons")
    begin_anew(1)
    with transaction.atomic():
        for owner in range(1, PERSONS + 1):
            open_owner(owner, now=NOW)
    figures: dict[str, object] = {"benchmark": "sealing", "bytes": len(TEXT)}
    chosen = settings.TANHUI_KEYS
    for suite in SUITES.values():
        settings.TANHUI_KEYS = replace(chosen, suite=suite.name)
        figures |= {f"{suite.name}_{name}": value for name, value in _measure(suite, many).items()}
    settings.TANHUI_KEYS = chosen
    return figures


def _measure(suite: CipherSuite, many: int) -> dict[str, object]:
    """Operations per second, and what share of the bare cipher's each is. All take turns, so that all have the same noise."""
    key, sealer = OpenKey(os.urandom(32)), suite.sealer(os.urandom(32))
    blob = seal_text(TEXT, key=key, suite=suite, owner=1, field=FIELD)
    nonce = os.urandom(NONCE_BYTES)
    sealed = sealer.seal(nonce, TEXT.encode(), b"bound")
    items = [(owner, FIELD, TEXT) for owner in range(1, PERSONS + 1)]
    blobs = [(owner, FIELD, blob) for (owner, _, _), blob in zip(items, seal_many(items), strict=True)]
    one = blobs[0][2]
    rates = _rates({
        "bare_seal": (many, lambda: sealer.seal(os.urandom(NONCE_BYTES), TEXT.encode(), b"bound")),
        "bare_unseal": (many, lambda: sealer.open(nonce, sealed, b"bound").decode()),
        "envelope_seal": (many, lambda: seal_text(TEXT, key=key, suite=suite, owner=1, field=FIELD)),
        "envelope_unseal": (many, lambda: unseal_text(blob, key=key, owner=1, field=FIELD)),
        "service_seal": (1, lambda: _anew(seal_many, items)),
        "service_unseal": (1, lambda: _anew(unseal_many, blobs)),
        "index": (1, lambda: blind_indexes(FIELD, [TEXT] * PERSONS)),
        "one_seal": (many // 40, lambda: seal(1, FIELD, TEXT)),
        "one_unseal": (many // 40, lambda: unseal(1, FIELD, one)),
    })  # fmt: skip
    for name in ("service_seal", "service_unseal", "index"):
        rates[name] *= PERSONS
    shares = {
        f"{level}_{verb}_of_bare": round(rates[f"{level}_{verb}"] / rates[f"bare_{verb}"], 3)
        for level in ("envelope", "service", "one")
        for verb in ("seal", "unseal")
    }
    return {f"{name}_per_s": round(rate) for name, rate in rates.items()} | shares


def _rates(work: dict[str, tuple[int, Callable[[], object]]]) -> dict[str, float]:
    """How many times a second each can be done, in its middle turn."""
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(TURNS):
        for name, (times, action) in work.items():
            began = time.perf_counter()
            for _ in range(times):
                action()
            seconds[name].append(time.perf_counter() - began)
    return {name: times / statistics.median(seconds[name]) for name, (times, _) in work.items()}


def _anew(action: Callable[[list[tuple[int, str, object]]], object], items: list[tuple[int, str, object]]) -> None:
    """Does it with no key remembered."""
    installation().open_keys.clear()
    action(items)
