"""`tanhui privacy`: the register of personal data, for whoever asks what is kept of a person, and why."""

import click

from tanhui.core.described import Json
from tanhui.core.text import Text
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import console, json_option, print_json, print_table
from tanhui.support.security.personal_data.register import register as read_register
from tanhui.support.security.personal_data.register import terms
from tanhui.support.security.personal_data.types import NONE, Label


@click.group(help=say("个人信息：登记表。", "Personal data: the register."))
def privacy() -> None:
    """Personal data."""


@privacy.command(
    help=say(
        "每个存储字段涉及个人的什么、为何保存、依据、保存到何时。",
        "What each stored field says of a person, why it is kept, on what basis, until when.",
    )
)
@click.option(
    "--all", "everything", is_flag=True, help=say("也列出不涉及个人的字段", "List what says nothing of a person, too")
)
@json_option
def register(*, everything: bool, as_json: bool) -> None:
    """Prints the register."""
    labels = [label for label in read_register() if everything or label.kind != NONE]
    if as_json:
        print_json([_document(label) for label in labels])
        return
    headings = (("字段", "field"), ("类别", "kind"), ("目的", "purpose"), ("依据", "basis"), ("保存", "kept"))
    sides = ("whole", "whole", "left", "left", "left")
    rows = [
        (label.name + (" *" if label.sealed_by else ""), label.kind, label.purpose, label.basis, label.retention)
        for label in labels
    ]
    print_table("", [(say(*heading), side) for heading, side in zip(headings, sides, strict=True)], rows)
    words = terms()
    for known in (words.kinds, words.purposes, words.bases, words.retentions):
        console.print()
        for code, text in known.items():
            console.print(f"[bold]{code:12}[/] {tell(text)}")
    console.print(say("* 用本人的密钥加密", "* sealed under the person's key"))


def _document(label: Label) -> Json:
    words = terms()
    return {
        "app": label.app, "model": label.model, "field": label.field, "sealed": bool(label.sealed_by),
        "kind": _both(label.kind, words.kinds), "purpose": _both(label.purpose, words.purposes),
        "basis": _both(label.basis, words.bases), "retention": _both(label.retention, words.retentions),
        "note": None if label.note is None else label.note._asdict(),
    }  # fmt: skip


def _both(code: str, words: dict[str, Text]) -> Json | None:
    return {"code": code, **words[code]._asdict()} if code else None
