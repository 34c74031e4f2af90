"""`tanhui approvals enter`: something proposed, with what it changes and does."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows import propose
from tanhui.presentation.cli.approvals.around import acting, as_option
from tanhui.presentation.cli.approvals.show import show_proposal
from tanhui.presentation.cli.explain import record_number
from tanhui.presentation.cli.figures import field_given
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.output import json_option
from tanhui.steps.quantify.checking import CASES

file_argument = click.argument("file", type=click.Path(path_type=Path))
from_option = click.option(
    "--from", "effective", type=click.DateTime(["%Y-%m-%d"]), help=say("生效日，默认今天", "The day it comes into force (today)")
)  # fmt: skip


def _entry(command: Callable[..., Any]) -> Callable[..., Any]:
    draft = click.option("--draft", is_flag=True, help=say("只存草稿", "Keep it as a draft"))
    reason = click.option("--reason", required=True, help=say("理由", "Why"))
    for option in (json_option, draft, reason, as_option):
        command = option(command)
    return command


@click.group(help=say("录入一项申请，或提交草稿。", "Enter a proposal, or a draft."))
def enter() -> None:
    """What can be entered."""


@enter.command(help=say("方法学文件，算例在其旁。", "A methodology's FILE, with its cases beside it."))
@file_argument
@_entry
def methodology(file: Path, **given: Any) -> None:
    """Enters a methodology."""
    beside = file.with_name(file.name.removesuffix(".yaml") + CASES)
    _enter("methodology", {"document": _read(file), "cases": _read(beside)}, None, **given)


@enter.command(help=say("因子文件，自 --from 起。", "A FILE of factors, from --from on."))
@file_argument
@from_option
@_entry
def factor(file: Path, effective: datetime | None, **given: Any) -> None:
    """Enters factors."""
    _enter("factor", {"document": _read(file)}, effective, **given)


@enter.command("conversion-rule", help=say("积分转换规则文件。", "A conversion rule's FILE."))
@file_argument
@_entry
def conversion_rule(file: Path, **given: Any) -> None:
    """Enters a conversion rule."""
    _enter("conversion_rule", {"document": _read(file)}, None, **given)


@enter.command(help=say("更正（--replace）或撤销 RECORD。", "Correct RECORD (--replace), or withdraw it."))
@click.argument("record")
@click.option("--replace", "replaced", multiple=True, metavar="FIELD=VALUE", help=say("正确的数值", "What is right"))
@from_option
@_entry
def correction(record: str, replaced: tuple[str, ...], effective: datetime | None, **given: Any) -> None:
    """Enters a correction."""
    replace = {name: str(figure) for name, figure in map(field_given, replaced)} or None
    _enter("correction", {"record": str(record_number(record)), "replace": replace}, effective, **given)


@enter.command(help=say("提交草稿 NUMBER。", "Enter the draft NUMBER."))
@click.argument("number", type=int)
@as_option
@json_option
def draft(number: int, login: str, *, as_json: bool) -> None:
    """Enters a draft."""
    actor, around = acting(login)
    show_proposal(propose.decide(number, "enter", actor=actor, around=around), as_json=as_json)


def _enter(
    kind: str, payload: Json, effective: datetime | None, *, login: str, reason: str, draft: bool, as_json: bool
) -> None:  # fmt: skip
    actor, around = acting(login)
    way = propose.save_draft if draft else propose.enter
    day = effective.date() if effective else None
    show_proposal(way(kind, payload, reason=reason, actor=actor, around=around, effective_on=day), as_json=as_json)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        text = Text("无法读取文件“{p}”。", "The file “{p}” cannot be read.").format(p=file)
        raise Refusal("document_unreadable", text, field="file") from problem
