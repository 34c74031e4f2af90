"""The command line: every command by name, loaded when it is called; how a refusal ends (1) and a wrong call (2)."""

import sys
from importlib import import_module
from typing import NamedTuple

import click

from tanhui.core.refusal import Refusal
from tanhui.presentation.cli.books import Surroundings
from tanhui.presentation.cli.language import say, without_language
from tanhui.presentation.cli.output import refuse


class Command(NamedTuple):
    """Whether a command keeps books (needs Django), and what it does in one line; the module of its name defines it."""

    books: bool
    help: str


COMMANDS = {
    "quantify": Command(books=False, help=say("计算一条记录的减排量并给出依据", "Compute and explain one record's reduction")),
    "factors": Command(books=False, help=say("排放因子：列表、详情、到期日历", "Emission factors: list, show, calendar")),
    "methodologies": Command(books=False, help=say("方法学：列表、详情、校验、比较、覆盖", "Methodologies: list, show, check, diff, coverage")),
    "feeds": Command(books=True, help=say("数据源映射：列表、预览、起草", "Feed mappings: list, preview, draft")),
    "ingest": Command(books=True, help=say("导入合作方的数据文件", "Bring in a partner's file")),
    "partner": Command(books=True, help=say("合作方：登记、密钥、限额", "Partners: add, keys, limits")),
    "quarantine": Command(books=True, help=say("被拒绝的记录：列表、导出、重新提交", "Refused rows: list, export, resubmit")),
    "account": Command(books=True, help=say("个人碳账户与对账单", "A person's carbon account and statement")),
    "person": Command(books=True, help=say("用户：查看、冻结、注销、显示被遮盖的字段", "A person: show, freeze, close, reveal what is masked")),
    "consents": Command(books=True, help=say("授权同意：列表、告知书、由谁取得", "Consents: list, notices, who obtains them")),
    "rights": Command(books=True, help=say("权利请求：列表、详情、办结、导出", "Rights requests: list, show, decide, export")),
    "explain": Command(books=True, help=say("解释一条已入账的记录", "Explain one booked record")),
    "correct": Command(books=True, help=say("更正或撤销一条记录", "Correct or withdraw a record")),
    "points": Command(books=True, help=say("积分：冻结、解冻、注销、过期", "Points: hold, release, retire, expire")),
    "audit": Command(books=True, help=say("核验全部账目", "Prove the books")),
    "approvals": Command(books=True, help=say("录入、复核、审批", "Entry, review, approval")),
    "trail": Command(books=True, help=say("审计日志：查询、封存、核验", "The audit trail: list, seal, verify, prune")),
    "summary": Command(books=True, help=say("按行为汇总", "Totals by behavior")),
    "organizations": Command(books=True, help=say("机构：申请、资质、协议、上线、服务水平", "Organizations: apply, review, agree, go live, levels")),
    "tickets": Command(books=True, help=say("工单：与机构往来，到期升级", "Tickets with organizations, deadlines, escalation")),
    "staff": Command(books=True, help=say("工作人员账户：新增、列表、角色、停用", "Staff accounts: add, list, role, disable")),
    "serve": Command(books=True, help=say("启动 HTTP 服务", "Serve the platform over HTTP")),
    "keys": Command(books=True, help=say("个人信息的密钥：状态、轮换、换套件", "Keys of personal data: status, rotate, resuite")),
    "privacy": Command(books=False, help=say("个人信息登记表", "The register of personal data")),
    "db": Command(books=True, help=say("内嵌数据库：状态、停止", "The embedded database: status, stop")),
    "demo": Command(books=False, help=say("用真实数据演示全流程", "Show the whole way on real data")),
}  # fmt: skip


class Commands(click.Group):
    """The commands of the table above; one that keeps books finds Django set up."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Their names, in the order of the way of the data."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded now, or None."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        if entry.books:
            ctx.ensure_object(Surroundings).setup()
        command: click.Command = getattr(import_module(f"tanhui.presentation.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in the help, without loading any of them."""
        with formatter.section(say("命令", "Commands")):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command; a refusal is told in the language spoken, never as a trace."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            refuse(refusal, as_json="--json" in sys.argv)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=say(
        "碳惠：碳普惠开放平台（T/CECA-G 0203—2022）。",
        "Tanhui: the open platform for carbon inclusion (T/CECA-G 0203—2022).",
    ),
)
@click.option("--lang", type=click.Choice(["zh", "en"]), expose_value=False, help=say("语言", "Language"))
@click.version_option(package_name="tanhui")
@click.pass_context
def commands(ctx: click.Context) -> None:
    """The root of all commands."""


def run(arguments: list[str], surroundings: Surroundings) -> None:
    """Runs one command with these arguments and ends the process with its exit status."""
    commands.main(args=without_language(arguments), prog_name="tanhui", obj=surroundings)
