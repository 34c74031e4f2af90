"""Notices: what a person is told before consenting, in versions; each is known by the digest of its text."""

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.participants.persons.models import Notice
from tanhui.participants.persons.types import NoticeInForce, refused

SHIPPED = Path(__file__).parent / "notices.yaml"
PURPOSES = {
    "platform": Text("使用平台", "using the platform"),
    "identity": Text("实名核验（敏感个人信息）", "verifying the identity (sensitive)"),
    "guardian": Text("监护人同意", "a guardian's consent"),
    "collect": Text("向合作方收集行为数据", "collecting data from the partner"),
    "statistics": Text("与合作方联合统计", "statistics with the partner"),
    "marketing": Text("活动推送", "news of campaigns"),
    "automated": Text("自动化决策", "automated decisions"),
}
OF_THE_PLATFORM = frozenset({"platform", "identity", "guardian", "marketing", "automated"})
"""Purposes of the platform itself; the others are a partner's."""


def publish_notice(*, purpose: str, version: int, text: Text, effective_from: date, now: datetime) -> NoticeInForce:
    """A version of a notice, in force from that day until a later version is. The same again changes nothing.

    Raises `Refusal`: `purpose_unknown`, and `notice_changed` when that version has another text.
    """
    if purpose not in PURPOSES:
        raise refused("purpose_unknown", c=purpose)
    digest = notice_digest(purpose, version, text)
    Notice.objects.bulk_create(
        [
            Notice(
                purpose=purpose, version=version, zh=text.zh, en=text.en, digest=digest, effective_from=effective_from,
                published_at=now,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    kept = Notice.objects.get(purpose=purpose, version=version)
    if kept.digest != digest:
        told = Text(
            "告知书 {p} 第 {v} 版已发布，不能更改。",
            "Version {v} of the notice {p} was published; it cannot be changed.",
        )
        raise Refusal("notice_changed", told.format(p=purpose, v=version), field="version")
    return _value(kept)


def publish_shipped(*, now: datetime) -> None:
    """Publishes the notices that come with the platform, where these versions are not published yet."""
    have = set(Notice.objects.values_list("purpose", "version"))
    for row in shipped_notices():
        if (row["purpose"], row["version"]) not in have:
            text = Text(row["zh"], row["en"])
            publish_notice(
                purpose=row["purpose"], version=row["version"], text=text, effective_from=row["effective_from"], now=now
            )


def shipped_notices() -> list[dict[str, Any]]:
    """The notices that come with the platform, as written."""
    rows: list[dict[str, Any]] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    return rows


def notice_in_force(purpose: str, *, on: date) -> NoticeInForce:
    """The version of a notice that is in force on that day. Raises `Refusal` `purpose_unknown` when there is none."""
    row = Notice.objects.filter(purpose=purpose, effective_from__lte=on).order_by("-effective_from", "-version").first()
    if row is None:
        raise refused("purpose_unknown", c=purpose)
    return _value(row)


def notice_digest(purpose: str, version: int, text: Text) -> str:
    """What a version of a notice is known by: SHA-256 over purpose, version and both texts."""
    return sha256("\0".join((purpose, str(version), text.zh, text.en)).encode()).hexdigest()


def _value(row: Notice) -> NoticeInForce:
    return NoticeInForce(row.pk, row.purpose, row.version, Text(row.zh, row.en), row.digest)
