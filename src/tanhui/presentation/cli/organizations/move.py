"""An organization moved on its way, and the daily look at qualifications."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows import onboard_organization as onboard
from tanhui.flows.review_qualifications import review_qualifications
from tanhui.participants.organizations.limits import THRESHOLDS
from tanhui.participants.organizations.roles import CAUSES, DOCUMENTS
from tanhui.presentation.cli import books
from tanhui.presentation.cli.acting import acting, as_option
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import console, json_option, print_json

code_argument = click.argument("code")


@click.command(help=say("CODE 进入沙箱。", "Let CODE into the sandbox."))
@code_argument
@as_option
def sandbox(code: str, login: str | None) -> None:
    """Lets an organization into the sandbox."""
    onboard.enter_sandbox(acting(login), code, now=books.now())


@click.command(help=say("登记 CODE 的符合性测试结果。", "Record a conformance run of CODE."))
@code_argument
@click.option("--passed/--failed", required=True, help=say("通过或未通过", "How it ended"))
@click.option("--suite", required=True, help=say("测试版本", "The version of the tests"))
@click.option(
    "--report", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=say("结果文件：JSON，项目 → true/false", "Its report: JSON, check → true or false"),
)  # fmt: skip
@as_option
@json_option
def conformance(code: str, suite: str, report: Path | None, login: str | None, *, passed: bool, as_json: bool) -> None:
    """Records a conformance run."""
    state = onboard.record_conformance(
        acting(login), code, passed=passed, suite=suite, checks=_checks(report), now=books.now()
    )
    if as_json:
        print_json({"code": code, "state": state})
    else:
        console.print(say(f"已登记；机构状态：{state}", f"Recorded; the organization is {state}"), markup=False)


def _checks(report: Path | None) -> dict[str, bool]:
    if report is None:
        return {}
    try:
        read = json.loads(report.read_bytes())
    except ValueError:
        read = None
    if not isinstance(read, dict) or not all(isinstance(value, bool) for value in read.values()):
        text = Text(
            "结果文件应为 JSON 对象：项目 → true/false。", "The report is a JSON object: check → true or false."
        )
        raise Refusal("report_unreadable", text, field="report")
    return read


@click.command(help=say("CODE 上线，或在暂停后恢复。", "Let CODE go live, or on after a suspension."))
@code_argument
@as_option
def live(code: str, login: str | None) -> None:
    """Lets an organization go live."""
    onboard.go_live(acting(login), code, now=books.now())


@click.command(help=say("暂停 CODE：不再接收其记录。", "Suspend CODE: its records are refused."))
@code_argument
@click.option("--reason", required=True, help=say("理由", "Why"))
@as_option
def suspend(code: str, reason: str, login: str | None) -> None:
    """Suspends an organization."""
    onboard.suspend(acting(login), code, reason=reason, now=books.now())


@click.command(help=say("终止 CODE，不可恢复。", "End the part of CODE, for good."))
@code_argument
@click.option("--reason", required=True, help=say("理由", "Why"))
@as_option
def end(code: str, reason: str, login: str | None) -> None:
    """Ends an organization's part."""
    onboard.end(acting(login), code, reason=reason, now=books.now())


@click.command(
    help=say(
        "资质与协议到期：提醒、暂停、恢复；每日运行。",
        "Qualifications and agreements: remind, suspend, bring back; to be run daily.",
    )
)
@click.option(
    "--remind", "thresholds", type=click.IntRange(1, 3650), multiple=True, default=THRESHOLDS, show_default=True,
    help=say("到期前多少天提醒；可多次", "Days before the end on which to remind; may be repeated"),
)  # fmt: skip
@as_option
@json_option
def due(thresholds: tuple[int, ...], login: str | None, *, as_json: bool) -> None:
    """Looks at the qualifications."""
    done = review_qualifications(acting(login), now=books.now(), thresholds=thresholds)
    if as_json:
        print_json(asdict(done))
        return
    for code, kind, days in done.reminded:
        console.print(
            say(
                f"提醒 {code}：{DOCUMENTS[kind].zh} 还有 {days} 天到期",
                f"Reminded {code}: its {DOCUMENTS[kind].en} has {days} days left",
            ),
            markup=False,
        )
    for code, cause in done.suspended:
        console.print(say(f"暂停 {code}：", f"Suspended {code}: ") + tell(CAUSES[cause]), markup=False)
    for code in done.resumed:
        console.print(say(f"恢复 {code}", f"Brought back {code}"), markup=False)


COMMANDS = (sandbox, conformance, live, suspend, end, due)
