"""The cipher suites: what the installation seals, hashes and signs with. Blobs name theirs, so that each can be read."""

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.keys.suites.international import International
from tanhui.support.security.keys.suites.national import National
from tanhui.support.security.keys.suites.suite import CipherSuite

INTERNATIONAL: CipherSuite = International()
NATIONAL: CipherSuite = National()
SUITES: dict[int, CipherSuite] = {suite.number: suite for suite in (INTERNATIONAL, NATIONAL)}
"""Every suite that was ever written with, by its number in blobs."""


def suite_named(name: str) -> CipherSuite:
    """The suite of that name. Raises `Refusal` `cipher_suite` when there is none."""
    for suite in SUITES.values():
        if suite.name == name:
            return suite
    text = Text(
        "TANHUI_CIPHER_SUITE 应为 {known}，而不是“{n}”。", "TANHUI_CIPHER_SUITE must be one of {known}, not “{n}”."
    )
    known = ", ".join(suite.name for suite in SUITES.values())
    raise Refusal("cipher_suite", text.format(known=known, n=name), field="TANHUI_CIPHER_SUITE")
