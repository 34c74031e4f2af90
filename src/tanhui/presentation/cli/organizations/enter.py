"""What is handed in: applications, documents and agreements, and what is found of them."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import click

from tanhui.flows import onboard_organization as onboard
from tanhui.participants.organizations.pieces import digest_of
from tanhui.participants.organizations.roles import AGREEMENT, DOCUMENTS, REDEEMER_KINDS, ROLES
from tanhui.participants.organizations.types import Applicant, ContactPerson, Paper, Side, Terms
from tanhui.presentation.cli import books
from tanhui.presentation.cli.acting import acting, as_option
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.output import console, json_option, print_json

code_argument = click.argument("code")
file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command(help=say("登记机构 CODE 的申请。", "Enter the application of the organization CODE."))
@code_argument
@click.option("--name", required=True, help=say("机构名称", "Its name"))
@click.option("--role", type=click.Choice(list(ROLES)), required=True, help=say("角色", "Its role"))
@click.option(
    "--kind", type=click.Choice(list(REDEEMER_KINDS)), default=None, help=say("消纳方类别", "A redeemer's kind")
)
@click.option("--region", default="", help=say("主管部门辖区（GB/T 2260）", "An authority's region (GB/T 2260)"))
@click.option("--credit-code", required=True, help=say("统一社会信用代码", "Its unified social credit code"))
@click.option(
    "--contact", "contacts", nargs=4, multiple=True, metavar="DUTY NAME PHONE EMAIL",
    help=say("联系人：职责 姓名 电话 邮箱；可多次", "A contact: business, technical or privacy; may be repeated"),
)  # fmt: skip
@as_option
@json_option
def apply(
    code: str, name: str, role: str, kind: str | None, region: str, credit_code: str, contacts: tuple[tuple[str, str, str, str], ...],
    login: str | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Enters an application."""
    people = [ContactPerson(*contact) for contact in contacts]
    number = onboard.apply(
        acting(login), Applicant(code, name, role, kind or "", region, credit_code), people, now=books.now()
    )
    _tell(
        {"organization": number, "code": code},
        say(f"已登记机构 {number}", f"Organization {number} entered"),
        as_json=as_json,
    )


@click.command(
    help=say("提交 CODE 的文件 FILE（PDF、PNG、JPEG、OFD）。", "Hand in FILE of CODE: PDF, PNG, JPEG or OFD.")
)
@code_argument
@file_argument
@click.option("--kind", type=click.Choice(list(DOCUMENTS)), required=True, help=say("类别", "Its kind"))
@click.option("--number", required=True, help=say("证照编号", "The number on it"))
@click.option("--issuer", required=True, help=say("签发机关", "Who issued it"))
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), required=True, help=say("有效期起", "Its first day"))
@click.option(
    "--valid-until",
    type=click.DateTime(["%Y-%m-%d"]),
    help=say("失效日（不含；长期不填）", "The first day it is no longer valid (none: for good)"),
)
@as_option
@json_option
def document(
    code: str, file: Path, kind: str, number: str, issuer: str, valid_from: datetime, valid_until: datetime | None, login: str | None,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Hands a document in."""
    paper = Paper(
        kind,
        number,
        issuer,
        valid_from.date(),
        valid_until.date() if valid_until else None,
        file.name,
        file.read_bytes(),
    )
    made = onboard.hand_in_document(acting(login), code, paper, now=books.now())
    _tell({"document": made}, say(f"已提交文件 {made}", f"Document {made} handed in"), as_json=as_json)


@click.command(
    help=say("审核文件 NUMBER：通过，或注明理由退回。", "Review the document NUMBER: accept, or return with a reason.")
)
@click.argument("number", type=int)
@click.option("--accept/--return", "accepted", required=True, help=say("通过或退回", "Accept or return"))
@click.option("--reason", default="", help=say("退回理由", "Why it is returned"))
@as_option
@json_option
def review(number: int, reason: str, login: str | None, *, accepted: bool, as_json: bool) -> None:
    """Reviews a document."""
    state = onboard.review_document(acting(login), number, accepted=accepted, reason=reason, now=books.now())
    _tell(
        {"document": number, "state": state},
        say(f"已审核；机构状态：{state}", f"Reviewed; the organization is {state}"),
        as_json=as_json,
    )


@click.command(help=say("录入与 CODE 的协议，FILE 为协议文本。", "Enter an agreement with CODE; FILE is its text."))
@code_argument
@file_argument
@click.option("--number", required=True, help=say("协议编号", "The number on it"))
@click.option(
    "--behavior", "behaviors", type=int, multiple=True, help=say("行为编号；可多次", "A behavior; may be repeated")
)
@click.option("--field", "fields", multiple=True, help=say("数据字段；可多次", "A data field; may be repeated"))
@click.option("--region", "regions", multiple=True, help=say("地区；可多次", "A region; may be repeated"))
@click.option(
    "--consent",
    type=click.Choice(["platform", "partner"]),
    default="platform",
    show_default=True,
    help=say("同意由谁取得", "Who obtains consent"),
)
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, help=say("生效日", "Its first day"))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=say("终止日（不含）", "The first day it is over"))
@click.option(
    "--delay-p95-s",
    type=int,
    help=say("95% 记录的最大时延（秒）", "The delay of 95% of the records, at the most, in seconds"),
)
@click.option("--refused-permille", type=int, help=say("最大拒绝率（‰）", "The refusals, at the most, in ‰"))
@click.option("--corrected-permille", type=int, help=say("最大更正率（‰）", "The corrections, at the most, in ‰"))
@as_option
@json_option
def agree(
    code: str, file: Path, number: str, behaviors: tuple[int, ...], fields: tuple[str, ...], regions: tuple[str, ...], consent: str,
    since: datetime, until: datetime | None, delay_p95_s: int | None, refused_permille: int | None, corrected_permille: int | None,
    login: str | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Enters an agreement."""
    begins, ends, content = since.date(), until.date() if until else None, file.read_bytes()
    terms = Terms(
        behaviors,
        fields,
        regions,
        consent,
        begins,
        ends,
        delay_p95_s,
        refused_permille,
        corrected_permille,
    )
    paper = Paper(AGREEMENT, number, "-", begins, ends, file.name, content)
    version = onboard.enter_agreement(acting(login), code, terms, paper, now=books.now())
    told = say(f"已录入第 {version} 版，SHA-256 ", f"Version {version} entered, SHA-256 ") + digest_of(content)
    _tell({"version": version, "digest": digest_of(content)}, told, as_json=as_json)


@click.command(
    help=say(
        "登记一方对协议 VERSION 的签署；FILE 为所签文本。",
        "Keep a side's signature under VERSION; FILE is the text that was signed.",
    )
)
@code_argument
@click.argument("version", type=int)
@file_argument
@click.option(
    "--side", type=click.Choice(["operator", "organization"]), required=True, help=say("签署方", "Which side")
)
@click.option("--signer", required=True, help=say("签署人", "Who signed"))
@click.option(
    "--on", "signed_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help=say("签署日期", "When it was signed")
)
@as_option
@json_option
def sign(
    code: str,
    version: int,
    file: Path,
    side: str,
    signer: str,
    signed_on: datetime,
    login: str | None,
    *,
    as_json: bool,
) -> None:
    """Keeps a signature."""
    state = onboard.sign_agreement(
        acting(login), code, version, side=cast("Side", side), signer=signer, digest=digest_of(file.read_bytes()),
        signed_at=_midnight(signed_on.date()), now=books.now(),
    )  # fmt: skip
    _tell(
        {"version": version, "state": state},
        say(f"已登记；机构状态：{state}", f"Kept; the organization is {state}"),
        as_json=as_json,
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _tell(document: dict[str, object], sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        console.print(sentence, markup=False)


COMMANDS = (apply, document, review, agree, sign)
