"""`tanhui partner`: partners that send by themselves, their keys and their limits."""

from datetime import datetime
from pathlib import Path
from typing import cast

import click

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.partner_keys import (
    OVERLAP,
    add_partner,
    issue_credentials,
    revoke_credentials,
    rotate_credentials,
    set_partner_limits,
)
from tanhui.participants.credentials.selectors import stored_keys
from tanhui.participants.credentials.types import KINDS, IssuedKey, Kind, Limits
from tanhui.participants.organizations.selectors import partner_codes
from tanhui.participants.organizations.types import BY_PARTNER, BY_PLATFORM
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.output import console, json_option, print_json, print_table

DAY = click.DateTime(["%Y-%m-%d"])
public_key_option = click.option(
    "--public-key", "public_key", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=say("公钥文件（PEM），用于 ed25519 与 sm2", "The public key (PEM), for ed25519 and sm2"),
)  # fmt: skip


@click.group(help=say("合作方：登记、密钥、限额。", "Partners: add, keys, limits."))
def partner() -> None:
    """Partners."""


@partner.command(help=say("登记合作方 CODE。", "Add the partner CODE."))
@click.argument("code")
@click.option("--name", help=say("名称，默认同代码", "Its name (the code)"))
@click.option("--from", "begins", type=DAY, help=say("协议生效日，默认今天", "The agreement's first day (today)"))
@click.option(
    "--until", "ends", type=DAY, help=say("协议终止日（不含），默认不限", "The day it ends, exclusive (open)")
)
@click.option(
    "--consent", type=click.Choice([BY_PLATFORM, BY_PARTNER]), default=BY_PLATFORM, show_default=True,
    help=say("用户的授权由谁取得：平台（用户在平台绑定）或合作方", "Who obtains its users' consents: here, by linking, or the partner"),
)  # fmt: skip
@json_option
def add(
    code: str, name: str | None, begins: datetime | None, ends: datetime | None, consent: str, *, as_json: bool
) -> None:
    """Adds a partner."""
    books.open_books()
    terms = add_partner(
        code, name=name or code, agreement_from=begins.date() if begins else books.today(),
        agreement_until=ends.date() if ends else None, consent=consent, limits=None, now=books.now(),
    )  # fmt: skip
    if as_json:
        print_json(
            {
                "partner": terms.code,
                "from": terms.agreement_from,
                "until": terms.agreement_until,
                "consent": terms.consent,
            }
        )
    else:
        console.print(say(f"已登记 {terms.code}。", f"Added {terms.code}."))


@partner.command("limits", help=say("设置 CODE 每分钟的请求数与记录数。", "Set how much CODE may ask for in a minute."))
@click.argument("code")
@click.option("--requests", type=click.IntRange(1, 10**6), default=Limits().requests_per_minute, show_default=True)
@click.option("--records", type=click.IntRange(1, 10**9), default=Limits().records_per_minute, show_default=True)
def set_limits(code: str, requests: int, records: int) -> None:
    """Sets limits."""
    books.open_books()
    set_partner_limits(code, limits=Limits(requests, records))
    console.print(say(f"已设置 {code} 的限额。", f"Set the limits of {code}."))


@partner.command("list", help=say("列出合作方及其密钥。", "List partners and their keys."))
@json_option
def list_partners(*, as_json: bool) -> None:
    """Lists partners and keys."""
    books.open_books()
    now, keys = books.now(), stored_keys()
    if as_json:
        print_json([
            {
                "partner": key.terms.code, "key": key.code, "kind": key.kind, "mode": _mode(live=key.live), "name": key.name,
                "issued_at": key.issued_at.isoformat(), "ends_at": key.ends_at.isoformat() if key.ends_at else None,
                "opens": key.opens(now),
            }
            for key in keys
        ])  # fmt: skip
        return
    rows: list[tuple[str, ...]] = [
        (
            key.terms.code,
            key.code,
            key.kind,
            _mode(live=key.live),
            key.name,
            f"{key.issued_at:%Y-%m-%d}",
            _end(key.ends_at),
        )
        for key in keys
    ]
    rows += [
        (code, "-", "", "", "", "", "") for code in partner_codes().values() if code not in {row[0] for row in rows}
    ]
    columns = (
        say("合作方", "partner"),
        say("密钥", "key"),
        say("种类", "kind"),
        say("模式", "mode"),
        say("名称", "name"),
    )
    print_table(
        "", [*((name, "whole") for name in (*columns, say("签发", "issued"), say("失效", "ends")))], sorted(rows)
    )


@partner.group(help=say("密钥：签发、轮换、吊销。", "Keys: issue, rotate, revoke."))
def key() -> None:
    """Keys."""


@key.command(
    help=say("为合作方 CODE 签发密钥；密钥只显示一次。", "Issue a key for the partner CODE; its secret is shown once.")
)
@click.argument("code")
@click.option("--kind", type=click.Choice(KINDS), default="secret", show_default=True, help=say("种类", "Kind of key"))
@click.option("--live/--test", default=False, show_default=True, help=say("正式或测试", "For the books or the sandbox"))
@click.option("--name", default="", help=say("用途说明", "What it is for"))
@public_key_option
@json_option
def issue(code: str, kind: str, name: str, public_key: Path | None, *, live: bool, as_json: bool) -> None:
    """Issues a key."""
    secret = books.open_books().secret
    issued = issue_credentials(
        code,
        kind=cast("Kind", kind),
        live=live,
        name=name,
        public_key=_read(public_key),
        master=secret,
        now=books.now(),
    )
    _show(issued, as_json=as_json)


@key.command(help=say("以新密钥替换 KEY；旧密钥在 24 小时后失效。", "Replace KEY; the old one ends after 24 hours."))
@click.argument("named", metavar="KEY")
@public_key_option
@json_option
def rotate(named: str, public_key: Path | None, *, as_json: bool) -> None:
    """Replaces a key."""
    secret = books.open_books().secret
    issued = rotate_credentials(named, public_key=_read(public_key), master=secret, now=books.now(), overlap=OVERLAP)
    _show(issued, as_json=as_json)


@key.command(help=say("吊销 KEY，5 秒内生效。", "Revoke KEY; it opens nothing within five seconds."))
@click.argument("named", metavar="KEY")
def revoke(named: str) -> None:
    """Revokes a key."""
    books.open_books()
    revoke_credentials(named, now=books.now())
    console.print(say(f"已吊销 {named}。", f"Revoked {named}."))


def _show(issued: IssuedKey, *, as_json: bool) -> None:
    told = {"key": issued.code, "kind": issued.kind, "mode": _mode(live=issued.live), "secret": issued.secret}
    if as_json:
        print_json(told)
        return
    rows = [(name, value) for name, value in told.items() if value is not None]
    print_table("", [("", "whole"), ("", "whole")], rows)
    if issued.secret is not None:
        console.print(say("该密钥只显示这一次，请妥善保存。", "The secret is shown this once; keep it safe."))


def _read(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError as problem:
        text = Text("{p} 不是 PEM 文件。", "{p} is no PEM file.").format(p=path.name)
        raise Refusal("public_key_unreadable", text, field="public_key") from problem


def _mode(*, live: bool) -> str:
    return "live" if live else "test"


def _end(ends_at: datetime | None) -> str:
    return "" if ends_at is None else f"{ends_at:%Y-%m-%d %H:%M}"
