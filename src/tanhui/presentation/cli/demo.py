"""`tanhui demo`: real feeds through the whole way, in books of their own: totals, a statement, a record explained, the audit."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import LANGUAGE, say, tell
from tanhui.presentation.cli.output import console, literally

if TYPE_CHECKING:
    from tanhui.flows.scheme import Scheme

EXAMPLES = Path(__file__).resolve().parents[4] / "examples"
LIST = "demo.yaml"
Feed = tuple[str, str, Path, str | None]
"""What a file is called, its partner, where it is, and its mapping if it is named."""


@click.command(
    help=say(
        "用真实数据演示全流程；账目单独存放，每次重新开始。",
        "The whole way on real data, in books of its own, begun anew each time.",
    )
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=say("改用该文件夹中的数据文件", "Bring in the files of this folder instead"),
)
def demo(data: Path | None) -> None:
    """Shows the platform at work."""
    files = _files_of(data) if data else _examples()
    home = books.surroundings().begin_demo()
    console.print(say(f"演示账目：{home}", f"The demo's books: {home}"))
    try:
        scheme = books.open_books()
        _bring_in(scheme, files)
        _show()
    finally:
        books.surroundings().end_demo()
    console.print(say("\n继续查看：", "\nTo look further: ") + f"TANHUI_HOME={home} .venv/bin/tanhui summary")


def _examples() -> list[Feed]:
    if not (EXAMPLES / LIST).exists():
        text = Text(
            "找不到示例数据 {p}；请在项目目录运行，或用 --data。",
            "The examples are not at {p}; run it from the project, or give --data.",
        )
        raise Refusal("examples_missing", text.format(p=EXAMPLES), field="data")
    rows = yaml.safe_load((EXAMPLES / LIST).read_text(encoding="utf-8"))
    return [(row["title"][LANGUAGE], row["partner"], EXAMPLES / row["file"], row["mapping"]) for row in rows]


def _files_of(folder: Path) -> list[Feed]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return [(path.name, path.name.split(".")[0].replace("_", "-")[:40], path, None) for path in files]


def _bring_in(scheme: "Scheme", files: list[Feed]) -> None:
    from tanhui.presentation.cli.ingest import bring_in, find_mapping, print_report  # noqa: PLC0415 - needs Django set up
    from tanhui.steps.collect.guess import mapping_for  # noqa: PLC0415

    for title, partner, path, named in files:
        console.print(f"\n[bold]{title}[/]  [dim]{partner} · {literally(path.name)}[/]")
        try:
            mapping = find_mapping(named) if named else mapping_for(path)
            person = "demo" if mapping.person.argument else None
            print_report(bring_in(scheme, partner=partner, file=path, mapping=mapping, person=person))
        except Refusal as refusal:
            console.print(f"  [yellow]{say('未导入', 'left out')}[/]: ", end="")
            console.print(tell(refusal.text), markup=False)


def _show() -> None:
    from tanhui.flows.audit_books import audit_books  # noqa: PLC0415 - needs Django set up
    from tanhui.presentation.cli.account import show_account  # noqa: PLC0415 - needs Django set up
    from tanhui.presentation.cli.audit import show_audit  # noqa: PLC0415
    from tanhui.presentation.cli.explain import show_record  # noqa: PLC0415
    from tanhui.presentation.cli.summary import show_summary  # noqa: PLC0415
    from tanhui.steps.account.selectors import recent_records, typical_person  # noqa: PLC0415

    console.rule(say("各行为汇总", "All behaviors"))
    show_summary()
    person = typical_person()
    if person is not None:
        console.rule(say("一位用户的对账单", "One person's statement"))
        show_account(person)
        console.rule(say("一条记录的解释", "One record explained"))
        show_record(recent_records(person, limit=1)[0]["key"])
    console.rule(say("账目核验", "The books proved"))
    show_audit(audit_books())
