"""Organizations looked at: lists, one with its papers and way, a document's file, a partner's service levels."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from tanhui.flows.service_levels import ServiceLevels, service_levels
from tanhui.participants.organizations import selectors
from tanhui.participants.organizations.days import scheme_day
from tanhui.participants.organizations.roles import CAUSES, DOCUMENTS, ROLES, STATES
from tanhui.presentation.cli import books
from tanhui.presentation.cli.acting import acting, as_option
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import console, json_option, print_json, print_table


@click.command("list", help=say("列出机构。", "List the organizations."))
@click.option("--role", type=click.Choice(list(ROLES)), help=say("只列该角色", "Of this role alone"))
@click.option("--state", type=click.Choice(list(STATES)), help=say("只列该状态", "In this state alone"))
@json_option
def list_(role: str | None, state: str | None, *, as_json: bool) -> None:
    """Lists the organizations."""
    acting(None)
    found = selectors.organizations(role=role, state=state)
    if as_json:
        print_json([asdict(view) for view in found])
        return
    columns = [(say("编号", "no."), "right"), (say("代码", "code"), "whole"), (say("名称", "name"), "left"), (say("角色", "role"), "left"), (say("状态", "state"), "left"), (say("自", "since"), "whole")]  # fmt: skip
    rows = [
        (view.id, view.code, view.name, tell(ROLES[view.role]), tell(STATES[view.state]), scheme_day(view.state_at))
        for view in found
    ]
    print_table(say("机构", "Organizations"), columns, rows)


@click.command(help=say("机构 CODE 的资质、协议和经过。", "The organization CODE: documents, agreements, and its way."))
@click.argument("code")
@json_option
def show(code: str, *, as_json: bool) -> None:
    """Shows an organization."""
    acting(None)
    found = whole(code, on=scheme_day(books.now()))
    if as_json:
        print_json(found)
        return
    view = selectors.organization(code)
    console.print(f"{view.code} · {view.name} · {tell(ROLES[view.role])} · {tell(STATES[view.state])}", markup=False)
    if found["missing"]:
        kinds = ", ".join(tell(DOCUMENTS[kind]) for kind in found["missing"])
        console.print(say("缺少：", "Missing: ") + kinds, markup=False)
    _print_papers(found)
    _print_way(found)


def _print_papers(found: dict[str, Any]) -> None:
    columns = [(say("文件", "document"), "right"), (say("类别", "kind"), "left"), (say("编号", "number"), "left"), (say("失效日", "until"), "whole"), (say("审核", "review"), "left")]  # fmt: skip
    papers = [
        (each["id"], tell(DOCUMENTS[each["kind"]]), each["number"], each["valid_until"] or "-", _verdict(each))
        for each in found["documents"]
    ]
    print_table(say("文件", "Documents"), columns, papers)
    columns = [(say("版本", "version"), "right"), (say("期限", "term"), "whole"), (say("行为", "behaviors"), "left"), (say("已签", "signed"), "left")]  # fmt: skip
    versions = [
        (
            each["version"], f"{each['terms']['term_from']} – {each['terms']['term_until'] or ''}",
            ", ".join(map(str, each["terms"]["behaviors"])), ", ".join(each["signed"]),
        )
        for each in found["agreements"]
    ]  # fmt: skip
    print_table(say("协议", "Agreements"), columns, versions)


def _print_way(found: dict[str, Any]) -> None:
    columns = [(say("时间", "at"), "whole"), (say("状态", "state"), "left"), (say("经办", "by"), "left"), (say("说明", "why"), "left")]  # fmt: skip
    rows = [
        (
            f"{each['at'].astimezone():%Y-%m-%d %H:%M}", tell(STATES[each["to_state"]]), each["by"],
            each["reason"] or (tell(CAUSES[each["cause"]]) if each["cause"] else ""),
        )
        for each in found["steps"]
    ]  # fmt: skip
    print_table(say("经过", "Its way"), columns, rows)


def whole(code: str, *, on: date) -> dict[str, Any]:
    """All that is known of an organization but the files and the contacts, as a JSON object."""
    view = selectors.organization(code)
    return {
        **asdict(view),
        "partner": selectors.partner_of(view.id),
        "missing": selectors.missing_documents(view.id, on=on),
        "documents": [asdict(each) for each in selectors.documents(view.id)],
        "agreements": [asdict(each) for each in selectors.agreements(view.id)],
        "conformance": [
            {"passed": passed, "suite": suite, "by": by} for passed, suite, by in selectors.conformance_runs(view.id)
        ],
        "steps": [asdict(each) for each in selectors.steps(view.id)],
    }


def _verdict(document: dict[str, Any]) -> str:
    if document["accepted"] is None:
        return say("待审", "to be reviewed")
    return say("通过", "accepted") if document["accepted"] else say("退回：", "returned: ") + document["reason"]


@click.command("file", help=say("把文件 NUMBER 存为 OUT。", "Write the file of the document NUMBER to OUT."))
@click.argument("number", type=int)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def file_(number: int, out: Path) -> None:
    """Writes a document's file."""
    acting(None)
    out.write_bytes(selectors.document_content(number))


@click.command(
    help=say(
        "合作方 PARTNER 的服务水平，默认上一个 30 天。",
        "The service levels of PARTNER, by default of the last 30 days.",
    )
)
@click.argument("partner")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help=say("起日", "The first day"))
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help=say("止日（不含）", "The day after the last"))
@as_option
@json_option
def levels(partner: str, since: datetime | None, until: datetime | None, login: str | None, *, as_json: bool) -> None:
    """Shows service levels."""
    actor = acting(login)
    stop = until.date() if until else scheme_day(books.now())
    start = since.date() if since else stop - timedelta(days=30)
    found = service_levels(actor, partner, since=start, until=stop)
    if as_json:
        print_json(_document(found))
        return
    lines: list[tuple[object, ...]] = [(say("入账记录", "records booked"), found.delivered.records, "", "")]
    lines += [(f"  {say('拒绝', 'refused')} {reason}", many, "", "") for reason, many in found.refused.items()]
    names = {
        "delay_p95_s": say("时延 p95（秒）", "delay p95, s"), "refused_permille": say("拒绝率 ‰", "refused, ‰"),
        "corrected_permille": say("更正率 ‰", "corrected, ‰"),
    }  # fmt: skip
    for promise in found.promises:
        kept = {True: say("达到", "kept"), False: say("未达到", "not kept"), None: ""}[promise.kept]
        lines.append((names[promise.name], _shown(promise.measured), _shown(promise.promised), kept))
    columns = [("", "left"), (say("实测", "measured"), "right"), (say("约定", "promised"), "right"), ("", "left")]
    print_table(f"{found.partner} {found.since} – {found.until}", columns, lines)
    for anomaly in found.anomalies:
        told = say("数据量异常 {d}：{v} 条，通常 {u} 条", "Volume out of the ordinary on {d}: {v} records, usually {u}")
        console.print(told.format(d=anomaly.day, v=anomaly.volume, u=float(anomaly.usual)), markup=False)


def _shown(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _document(found: ServiceLevels) -> dict[str, Any]:
    written = asdict(found)
    written["anomalies"] = [
        {"day": each.day, "volume": each.volume, "usual": float(each.usual), "score": round(float(each.score), 2)}
        for each in found.anomalies
    ]
    return written


COMMANDS = (list_, show, file_, levels)
