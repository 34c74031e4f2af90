"""`tanhui feeds`: the mappings that ship, what one makes of a file's first rows, and a draft for a file that none reads."""

from itertools import islice
from pathlib import Path
from typing import Any

import click

from tanhui.core.described import Json, decimal, text
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.admit_partner import SINCE
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import LANGUAGE, say, tell
from tanhui.presentation.cli.output import console, json_option, literally, print_json, print_table
from tanhui.steps.collect.draft import draft_mapping
from tanhui.steps.collect.fields import fields_of
from tanhui.steps.collect.guess import guess_mapping, mapping_for
from tanhui.steps.collect.mapping import FeedMapping, load_mapping, mapping_named, shipped_mappings
from tanhui.steps.collect.read import read_records
from tanhui.steps.collect.types import STEPS, Fields
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify.library import library

NOBODY = "?"
"""The person shown for files that name none."""

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group(help=say("数据源映射：列表、预览、起草。", "Feed mappings: list, preview, draft."))
def feeds() -> None:
    """The feeds."""


@feeds.command("list", help=say("随平台提供的映射", "The mappings that ship"))
@json_option
def list_mappings(*, as_json: bool) -> None:
    """Lists the mappings."""
    codes = {behavior.number: behavior.code for behavior in behaviors()}
    rows = [(m.name, tell(m.title), ", ".join(codes[number] for number in m.behaviors)) for m in shipped_mappings()]
    if as_json:
        print_json(
            [
                {
                    "name": m.name,
                    "title": text(m.title),
                    "note": text(m.note),
                    "behaviors": [codes[n] for n in m.behaviors],
                }
                for m in shipped_mappings()
            ]
        )
        return
    print_table(
        "",
        [(say("名称", "name"), "left"), (say("说明", "what it is"), "left"), (say("行为", "behaviors"), "left")],
        rows,
    )


@feeds.command(
    help=say(
        "预览：识别映射，并显示前几行会成为哪些记录或被拒绝",
        "Guess the mapping and show what the first rows would become",
    )
)
@file_argument
@click.option("--mapping", help=say("映射名称或文件", "Mapping, by name or file"))
@click.option(
    "--person", default=NOBODY, help=say("文件未注明用户时的用户标识", "The person, when the file names none")
)
@click.option(
    "--rows", type=click.IntRange(min=0), default=10, show_default=True, help=say("显示行数", "How many rows to show")
)
@json_option
def preview(file: Path, mapping: str | None, person: str, rows: int, *, as_json: bool) -> None:
    """Shows what would happen; books nothing."""
    guesses = [] if mapping else guess_mapping(file)
    found = _named(mapping) if mapping else mapping_for(file)
    fields = fields_of(library(), found.behaviors)
    records, refused = _first(file, found, fields, person if found.person.argument else None, rows)
    answer: Json = {
        "file": str(file), "mapping": found.name, "title": text(found.title), "note": text(found.note),
        "guesses": [{"mapping": guess.mapping.name, "score": round(guess.score, 3)} for guess in guesses],
        "records": records, "refused": refused,
    }  # fmt: skip
    if as_json:
        print_json(answer)
    else:
        _print(answer)


@feeds.command(
    help=say("为未知文件起草映射（YAML），供人工修改", "Draft a mapping (YAML) for an unknown file, to be edited")
)
@file_argument
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help=say("写入文件", "Write it to this file")
)
def draft(file: Path, output: Path | None) -> None:
    """Drafts a mapping."""
    drafted = draft_mapping(file)
    if output is None:
        click.echo(drafted)
    else:
        _write(drafted, output)
        console.print(
            say(
                f"已写入 {output}；修改后用 --mapping {output}",
                f"Written to {output}; edit it, then use --mapping {output}",
            ),
            markup=False,
        )


def _write(drafted: str, output: Path) -> None:
    try:
        output.write_text(drafted, encoding="utf-8")
    except OSError as problem:
        text = Text("无法写入 {p}。", "{p} cannot be written.").format(p=output)
        raise Refusal("file_unwritable", text, field="output") from problem


def _named(mapping: str) -> FeedMapping:
    return load_mapping(Path(mapping)) if mapping.endswith((".yaml", ".yml")) else mapping_named(mapping)


def _first(
    file: Path, mapping: FeedMapping, fields: Fields, person: str | None, rows: int
) -> tuple[list[Json], list[Json]]:
    records: list[Json] = []
    refused: list[Json] = []
    for batch in read_records(file, mapping, fields=fields, now=books.now(), not_before=SINCE, subject=person):
        records += [_record(row, fields) for row in islice(batch.records.iter_rows(named=True), rows - len(records))]
        refused += [
            {"row": row["row"], "reason": row["reason"], "field": row["field"], "zh": row["detail_zh"], "en": row["detail_en"]}
            for row in islice(batch.refused.iter_rows(named=True), rows - len(refused))
        ]  # fmt: skip
        if len(records) >= rows and len(refused) >= rows:
            break
    return records, refused


def _record(row: dict[str, Any], fields: Fields) -> Json:
    known = fields[row["behavior"]].fields
    figures = {
        name: {"value": decimal(row[STEPS + name] * known[name].step), "unit": known[name].unit}
        for name in known
        if row.get(STEPS + name) is not None
    }
    return {
        "row": row["row"], "record_id": row["record_id"], "behavior": row["behavior"], "variant": row["variant"],
        "region": row["region"], "occurred_at": row["occurred_at"].isoformat(), "duration_s": row["duration_s"],
        "evidence": row["evidence"], "fields": figures,
    }  # fmt: skip


def _print(answer: Json) -> None:
    console.print(f"[bold]{answer['mapping']}[/]  {literally(answer['title'][LANGUAGE])}")
    if answer["guesses"]:
        console.print(
            "[dim]" + "  ".join(f"{guess['mapping']} {guess['score']}" for guess in answer["guesses"]) + "[/]"
        )
    if answer["note"]:
        console.print(f"[dim]{literally(answer['note'][LANGUAGE])}[/]")
    columns = [
        (say("行", "row"), "right"),
        (say("编号", "record id"), "left"),
        (say("行为", "behavior"), "right"),
        (say("时间", "time"), "left"),
        (say("地区", "region"), "left"),
        (say("数据", "figures"), "left"),
    ]
    rows = [
        (
            row["row"], row["record_id"], row["behavior"], row["occurred_at"], row["region"],
            "  ".join(f"{name}={figure['value']} {figure['unit']}" for name, figure in row["fields"].items()),
        )
        for row in answer["records"]
    ]  # fmt: skip
    print_table(say("记录", "Records"), columns, rows)
    if answer["refused"]:
        columns = [(say("行", "row"), "right"), (say("原因", "reason"), "left"), (say("说明", "why"), "left")]
        print_table(
            say("拒绝", "Refused"), columns, [(row["row"], row["reason"], row[LANGUAGE]) for row in answer["refused"]]
        )
