"""`tanhui methodologies check`: whether documents are in order, each problem with its file, line and item."""

from pathlib import Path

import click

from tanhui.core.described import Json
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import console, errors, json_option, print_json
from tanhui.steps.identify.documents import DocumentRefusal
from tanhui.steps.quantify.checking import Checked, check_documents


@click.command(
    help=say(
        "校验方法学、因子与算例文件；不给路径则校验随平台发布的全部文件。",
        "Check methodologies, factors and cases; without a path, those that ship with the platform.",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH ...]")
@json_option
def check(paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Prints every problem; ends with exit status 1 when there is one."""
    checked = check_documents(paths)
    if as_json:
        print_json(_as_json(checked))
    else:
        _print(checked)
    if checked.problems:
        raise SystemExit(1)


def _as_json(checked: Checked) -> Json:
    return {
        "ok": not checked.problems, "documents": checked.documents, "methodologies": checked.methodologies,
        "factors": checked.factors, "cases": checked.cases,
        "problems": [_placed(problem) for problem in checked.problems],
        "notes": [_placed(note) for note in checked.notes],
    }  # fmt: skip


def _placed(problem: DocumentRefusal) -> Json:
    return {
        "file": _shown(problem), "line": problem.line, "item": problem.item, "code": problem.code,
        "zh": problem.said.zh, "en": problem.said.en,
    }  # fmt: skip


def _print(checked: Checked) -> None:
    for problem in (*checked.problems, *checked.notes):
        errors.print(f"{_shown(problem)}:{problem.line}: ", end="", markup=False, soft_wrap=True)
        errors.print(f"[dim]{say('提示', 'note')}[/] " if problem in checked.notes else "", end="")
        errors.print(f"[bold]{problem.item}[/] " if problem.item else "", end="")
        errors.print(tell(problem.said), markup=False, soft_wrap=True)
    counts = say(
        f"{checked.documents} 个文件：{checked.methodologies} 个方法学，{checked.factors} 个因子，{checked.cases} 个算例",
        f"{checked.documents} documents: {checked.methodologies} methodologies, {checked.factors} factors, {checked.cases} cases",
    )
    found = len(checked.problems)
    verdict = say(f"发现 {found} 个问题", f"{found} problem{'s' if found > 1 else ''}") if found else ""
    console.print(f"{counts}; [red]{verdict}[/]" if found else f"{counts}; [green]{say('全部通过', 'all in order')}[/]")


def _shown(problem: DocumentRefusal) -> str:
    path, here = problem.path.resolve(), Path.cwd().resolve()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
