"""`tanhui quarantine`: the rows that could not be accepted: list them, export them with their reasons, send them again."""

from pathlib import Path

import click

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.resubmit_rows import resubmit_rows
from tanhui.participants.organizations.selectors import partner_codes
from tanhui.presentation.cli import books
from tanhui.presentation.cli.ingest import as_document, end, find_mapping, print_report
from tanhui.presentation.cli.language import LANGUAGE, say
from tanhui.presentation.cli.output import console, json_option, print_json, print_table
from tanhui.steps.collect.selectors import QuarantineFilter, quarantine_counts, quarantined
from tanhui.steps.collect.sheet import write_sheet

partner_option = click.option("--partner", help=say("合作方", "Partner"))
mapping_option = click.option("--mapping", help=say("映射", "Mapping"))
reason_option = click.option("--reason", help=say("原因代码", "Reason code"))


@click.group(
    help=say(
        "被拒绝与冲突的记录：列表、导出、更正后重新提交。",
        "Refused and conflicting rows: list, export, correct and send again.",
    )
)
def quarantine() -> None:
    """The rows kept."""


@quarantine.command("list", help=say("列出待处理的记录", "List the open rows"))
@partner_option
@mapping_option
@reason_option
@click.option(
    "--limit", type=click.IntRange(min=0), default=20, show_default=True, help=say("最多行数", "At most so many rows")
)
@json_option
def list_rows(partner: str | None, mapping: str | None, reason: str | None, limit: int, *, as_json: bool) -> None:
    """Lists kept rows."""
    books.open_books()
    which = _which(partner, mapping, reason)
    rows, counts = quarantined(which, limit=limit), quarantine_counts(which)
    if as_json:
        print_json({"open": sum(counts.values()), "by_reason": counts, "rows": rows})
        return
    columns = [
        ("#", "right"),
        (say("映射", "mapping"), "left"),
        (say("行", "row"), "right"),
        (say("原因", "reason"), "left"),
        (say("说明", "why"), "left"),
    ]
    print_table(
        "", columns, [(row["id"], row["mapping"], row["row"], row["reason"], row[f"detail_{LANGUAGE}"]) for row in rows]
    )
    console.print("  ".join(f"{code} {many:,}" for code, many in counts.items()))


@quarantine.command("export", help=say("导出为 CSV 或 XLSX，附原因列", "Export as CSV or XLSX with the reasons beside"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@partner_option
@mapping_option
@reason_option
def export(file: Path, partner: str | None, mapping: str | None, reason: str | None) -> None:
    """Exports kept rows."""
    books.open_books()
    rows = quarantined(_which(partner, mapping, reason))
    write_sheet(rows, file, language=LANGUAGE)
    console.print(say(f"已导出 {len(rows):,} 行到 {file}", f"{len(rows):,} rows written to {file}"), markup=False)


@quarantine.command("resubmit", help=say("提交更正后的文件", "Send a corrected sheet again"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping", help=say("映射文件，若非随平台提供", "The mapping's file, when it is none of those that ship")
)
@click.option("--person", help=say("文件未注明用户时的用户标识", "The person, when the rows name none"))
@json_option
def resubmit(file: Path, mapping: str | None, person: str | None, *, as_json: bool) -> None:
    """Sends a corrected sheet again."""
    scheme = books.open_books()
    report = resubmit_rows(
        file,
        find_mapping=lambda name: find_mapping(mapping or name),
        scheme=scheme,
        now=books.surroundings().now,
        person=person,
    )
    if as_json:
        print_json(as_document(report, file))
    else:
        print_report(report)
    end(report)


def _which(partner: str | None, mapping: str | None, reason: str | None) -> QuarantineFilter:
    return QuarantineFilter(None if partner is None else _number_of(partner), mapping, reason)


def _number_of(partner: str) -> int:
    numbers = {code: number for number, code in partner_codes().items()}
    if partner not in numbers:
        there_are = ", ".join(sorted(numbers))
        text = Text("没有合作方“{p}”；现有：{n}。", "There is no partner “{p}”; there are: {n}.").format(
            p=partner, n=Text(there_are or "无", there_are or "none")
        )
        raise Refusal("partner_unknown", text, field="partner")
    return numbers[partner]
