"""`tanhui keys`: what personal data are sealed with, and how their keys are rotated."""

from dataclasses import asdict

import click

from tanhui.core.described import Json
from tanhui.flows.reseal_fields import reseal_fields
from tanhui.flows.rotate_keys import KeysRotated, drop_key_versions, rotate_keys
from tanhui.presentation.cli.books import surroundings
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.output import console, errors, json_option, print_json, print_table
from tanhui.support.security.keys.selectors import KeysStatus, blobs_by_suite, keys_status
from tanhui.support.security.personal_data.sealed import sealed_columns


@click.group(
    help=say("个人信息的密钥：状态、轮换、换套件、弃用旧版。", "Keys of personal data: status, rotate, resuite, drop.")
)
def keys() -> None:
    """The keys of personal data."""


@keys.command(help=say("套件、密钥提供方、各版本封装了多少", "The suite, the provider, how many each version wraps"))
@json_option
def status(*, as_json: bool) -> None:
    """Shows how the keys stand."""
    surroundings().prepare()
    found = keys_status()
    sealed = {column.field: blobs_by_suite(column) for column in sealed_columns()}
    if as_json:
        print_json(_document(found) | {"sealed": sealed})
        return
    _show(found)
    rows = [(field, suite, f"{many:,}") for field, suites in sealed.items() for suite, many in suites.items()]
    if rows:
        columns = [(say("字段", "field"), "whole"), (say("套件", "suite"), "left"), (say("密文", "sealed"), "right")]
        print_table("", columns, rows)


@keys.command(
    help=say(
        "新建一版主密钥，并把所有数据密钥改用它封装；密文不变。可中断，用 --continue 继续。",
        "Make a new version of the master key and wrap every data key under it; what is sealed stays. "
        "It may be broken off; --continue goes on.",
    )
)
@click.option("--continue", "only_wrap", is_flag=True, help=say("不建新版，只改封装", "Make no new version, only wrap"))
def rotate(*, only_wrap: bool) -> None:
    """Rotates the provider's key."""
    surroundings().prepare()
    _tell(rotate_keys(new_version=not only_wrap, told=_told))


@keys.command(
    help=say(
        "换用 TANHUI_CIPHER_SUITE 之后：用新套件重新加密所有字段，并轮换密钥。可中断，再次运行即继续。",
        "After TANHUI_CIPHER_SUITE was changed: seal every field anew by it, and rotate the keys. "
        "It may be broken off; run it again to go on.",
    )
)
def resuite() -> None:
    """Seals anew by the installation's suite."""
    surroundings().prepare()
    done = reseal_fields(told=lambda field, many: errors.print(f"{field} {many:,}", style="dim"))
    for field, many in done.resealed.items():
        console.print(say(f"{field}：重新加密 {many:,} 条", f"{field}: {many:,} sealed anew"))
    _tell(done.keys)


@keys.command(
    help=say(
        "销毁 BEFORE 之前各版主密钥；仍在使用的拒绝销毁。旧备份将无法解密。",
        "Destroy the versions of the master key before BEFORE, refused while one is in use. Older backups can then not be read.",
    )
)
@click.argument("before", type=click.IntRange(min=1))
def drop(before: int) -> None:
    """Drops older versions."""
    surroundings().prepare()
    _show(drop_key_versions(before=before))


def _told(many: int) -> None:
    errors.print(say(f"已改用新版封装 {many:,} 个密钥", f"{many:,} keys wrapped anew"), style="dim")


def _tell(rotated: KeysRotated) -> None:
    """Says what a rotation did; exit status 1 when a key was found tampered with."""
    console.print(
        say(f"已改用新版封装 {rotated.rewrapped:,} 个密钥。", f"{rotated.rewrapped:,} keys were wrapped anew.")
    )
    _show(rotated.status)
    if rotated.broken:
        whose = ", ".join(str(holder) for holder in rotated.broken)
        errors.print(say(f"无法解开（已被改动）：{whose}", f"Tampered with, and not unwrapped: {whose}"), style="red")
        raise SystemExit(1)


def _show(found: KeysStatus) -> None:
    sm2 = "" if found.sm2_available else say("；系统没有 SM2", "; no SM2 in the system's libcrypto")
    console.print(f"{say('密码套件', 'suite')} {found.suite} ({found.algorithms}){sm2}")
    versions = ", ".join(str(version) for version in found.versions) or "–"
    console.print(f"{say('密钥提供方', 'provider')} {found.provider} · {say('版本', 'versions')} {versions}")
    console.print(f"{say('已销毁的数据密钥', 'data keys shredded')} {found.shredded:,}")
    rows = [(row.provider, row.version, f"{row.data_keys:,}", f"{row.index_keys:,}") for row in found.wrappings]
    columns = [
        (say("封装者", "wrapped by"), "left"), (say("版本", "version"), "right"),
        (say("数据密钥", "data keys"), "right"), (say("索引密钥", "index keys"), "right"),
    ]  # fmt: skip
    if rows:
        print_table("", columns, rows)


def _document(found: KeysStatus) -> Json:
    return asdict(found)
