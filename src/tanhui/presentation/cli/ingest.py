"""`tanhui ingest`: a partner's file into the books, with progress, and how its rows ended."""

from contextlib import nullcontext
from pathlib import Path

import click
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tanhui.core.described import Json, text
from tanhui.flows.admit_partner import admit_partner
from tanhui.flows.attempts import taken_back
from tanhui.flows.ingest_file import Delivery, Ingested, ingest_file
from tanhui.flows.scheme import Scheme
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import (
    console,
    errors,
    json_option,
    kilograms,
    literally,
    points,
    print_json,
    print_table,
)
from tanhui.steps.collect.guess import mapping_for
from tanhui.steps.collect.mapping import FeedMapping, load_mapping, mapping_named
from tanhui.steps.identify.behaviors import behaviors


@click.command(
    help=say(
        "导入合作方的数据文件：识别、量化、入账、换算积分。",
        "Bring in a partner's file: identify, quantify, book, convert.",
    )
)
@click.argument("partner")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    "mapping",
    help=say("映射名称或 YAML 文件，默认自动识别", "Mapping, by name or YAML file (found by itself)"),
)
@click.option("--person", help=say("文件未注明用户时的用户标识", "The person, when the file names none"))
@click.option(
    "--identity", help=say("用户标识所属空间，默认映射名", "The space the user ids are unique in (the mapping)")
)
@click.option("--dry-run", is_flag=True, help=say("只试算，不入账", "Do everything, then take it back"))
@json_option
def ingest(
    partner: str,
    file: Path,
    mapping: str | None,
    person: str | None,
    identity: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Brings one file in."""
    found = find_mapping(mapping) if mapping else mapping_for(file)
    scheme = books.open_books()
    report = bring_in(
        scheme,
        partner=partner,
        file=file,
        mapping=found,
        person=person,
        identity=identity,
        dry_run=dry_run,
        quiet=as_json,
    )
    if as_json:
        print_json(as_document(report, file))
    else:
        print_report(report)
    end(report)


def end(report: Ingested) -> None:
    """Ends with exit status 1 when there were rows and none of them is in the books."""
    if report.read and not report.rows["accepted"] and not report.rows["duplicate"]:
        raise SystemExit(1)


def find_mapping(named: str) -> FeedMapping:
    """The mapping of that name, or of that YAML file. Raises `Refusal`."""
    return load_mapping(Path(named)) if named.endswith((".yaml", ".yml")) else mapping_named(named)


def bring_in(
    scheme: Scheme,
    *,
    partner: str,
    file: Path,
    mapping: FeedMapping,
    person: str | None = None,
    identity: str | None = None,
    dry_run: bool = False,
    quiet: bool = False,
) -> Ingested:
    """Books a file with a progress bar on stderr; a partner unknown so far is admitted as a file partner."""  # fmt: skip
    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn(),
        console=errors, transient=True, disable=quiet or not errors.is_terminal,
    )  # fmt: skip
    with bar, taken_back() if dry_run else nullcontext():
        terms = admit_partner(partner, now=books.now())
        delivery = Delivery(file, mapping, terms, identity or mapping.name, person)
        task = bar.add_task(f"{file.name} · {tell(mapping.title)}", total=None)
        return ingest_file(
            delivery, scheme=scheme, now=books.surroundings().now, dry_run=dry_run,
            progress=lambda rows: bar.update(task, completed=rows),
        )  # fmt: skip


def as_document(report: Ingested, file: Path) -> Json:
    """The report as one JSON object."""
    names = {behavior.number: behavior.code for behavior in behaviors()}
    return {
        "partner": report.partner, "file": str(file), "mapping": report.mapping, "dry_run": report.dry_run, **report.counts(),
        "by_behavior": {
            names.get(number, "unknown"): {
                "accepted": totals.accepted, "refused": totals.refused, "reduction_mg": totals.reduction_mg,
                "points_milli": totals.points_milli, "refused_by_reason": dict(totals.refused_by_reason),
            }
            for number, totals in sorted(report.by_behavior.items())
        },
        "notices": [text(notice) for notice in report.notices],
    }  # fmt: skip


def print_report(report: Ingested) -> None:
    """Prints how a file's rows ended."""
    console.print(
        say("映射：", "Mapping: ")
        + report.mapping
        + (say("（试算，未入账）", " (dry run, nothing booked)") if report.dry_run else "")
    )
    rows = [
        (say("读取行数", "rows read"), f"{report.read:,}"), (say("接受", "accepted"), f"{report.rows['accepted']:,}"),
        (say("重复", "duplicate"), f"{report.rows['duplicate']:,}"), (say("冲突", "conflict"), f"{report.rows['conflict']:,}"),
        (say("拒绝", "refused"), f"{report.rows['refused']:,}"),
        *((f"  {code}", f"{many:,}") for code, many in report.refused_by_reason.most_common()),
        (say("入账记录", "records booked"), f"{report.booked:,}"), (say("用户", "persons"), f"{len(report.persons):,}"),
        (say("减排量（kg CO2e）", "reduction, kg CO2e"), kilograms(report.reduction_mg)),
        (say("积分", "points"), points(report.points_milli)),
    ]  # fmt: skip
    if report.capped or report.negative:
        rows += [
            (say("超出上限的记录", "records over a cap"), f"{report.capped:,}"),
            (say("负减排记录", "records below zero"), f"{report.negative:,}"),
        ]
    if report.taken_back:
        rows.append((say("撤回的记录", "records taken back"), f"{report.taken_back:,}"))
        rows.append((say("撤回的减排量（kg CO2e）", "taken back, kg CO2e"), kilograms(report.taken_back_mg)))
    print_table("", [("", "left"), ("", "right")], rows)
    for notice in report.notices:
        errors.print(f"[yellow]![/] {literally(tell(notice))}")
