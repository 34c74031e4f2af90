"""`tanhui approvals list`, `show`: the proposals, and one with what it changes, what it does, and who decided what."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import click

from tanhui.core.described import Json
from tanhui.flows.kinds import KINDS
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say, tell, told
from tanhui.presentation.cli.output import console, json_option, kilograms, points, print_json, print_table
from tanhui.support.security.approvals.selectors import proposal, proposals
from tanhui.support.security.approvals.types import STAGES, STEPS, Proposal

MOST_ROWS = 20


@click.command("list", help=say("列出申请，最新的在前。", "List the proposals, the newest first."))
@click.option("--stage", "stages", multiple=True, type=click.Choice(list(STAGES)), help=say("状态", "Stage"))
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help=say("类别", "Kind"))
@json_option
def list_proposals(stages: tuple[str, ...], kinds: tuple[str, ...], *, as_json: bool) -> None:
    """Lists proposals."""
    books.open_books()
    found = proposals(stages=stages or None, kinds=kinds or None)
    if as_json:
        print_json([as_told(each) for each in found])
        return
    columns = [
        ("#", "right"), (say("类别", "kind"), "left"), (say("对象", "subject"), "left"), (say("状态", "stage"), "left"),
        (say("生效", "from"), "whole"), (say("录入人", "entered by"), "left"), (say("理由", "reason"), "left"),
    ]  # fmt: skip
    print_table(
        say(f"{len(found)} 项申请", f"{len(found)} proposals"), columns,
        (
            (each.id, tell(KINDS[each.content.kind].title), each.content.subject, tell(STAGES[each.stage]),
             _minute(each.content.effective_at), each.author_name, each.content.reason)
            for each in found
        ),
    )  # fmt: skip


@click.command(help=say("显示申请 NUMBER。", "Show the proposal NUMBER."))
@click.argument("number", type=int)
@json_option
def show(number: int, *, as_json: bool) -> None:
    """Shows one proposal."""
    books.open_books()
    show_proposal(proposal(number), as_json=as_json)


def as_told(found: Proposal) -> Json:
    """A proposal as JSON."""
    return asdict(found) | {"outcome": found.outcome}


def show_proposal(found: Proposal, *, as_json: bool) -> None:
    """Prints a proposal."""
    if as_json:
        print_json(as_told(found))
        return
    content = found.content
    heading = f"[bold]{found.id}[/] {tell(KINDS[content.kind].title)} [bold]{content.subject}[/] "
    console.print(heading + f"[green]{tell(STAGES[found.stage])}[/]")
    console.print(f"[dim]{say('生效', 'from')}[/]  {_minute(content.effective_at)}")
    console.print(f"[dim]{say('理由', 'reason')}[/]  ", end="")
    console.print(content.reason, markup=False)
    if found.digest:
        console.print(f"[dim]{say('摘要', 'digest')}[/]  {found.digest}", soft_wrap=True)
    _print_diff(content.diff)
    _print_effect(content.effect)
    columns = [
        (heading, "left")
        for heading in (say("步骤", "step"), say("人员", "by"), say("时间", "when"), say("意见", "comment"))
    ]
    rows = [(tell(STEPS[d.step]), d.by_name, _minute(d.decided_at), d.comment) for d in found.decisions]
    print_table(say("决定", "Decisions"), columns, rows)
    if (outcome := found.outcome) is not None and "refused" in outcome:
        console.print(f"[red]{outcome['refused']}[/] ", end="")
        console.print(told(outcome), markup=False)


def _print_diff(diff: Json) -> None:
    changed = [("item", say("条目", "item")), ("before", say("原值", "before")), ("after", say("新值", "after"))]
    _table(say("变化", "Changes"), changed, diff.get("items", ()))
    of_fields = [("field", say("字段", "field")), *changed[1:], ("unit", say("单位", "unit"))]
    _table(say("变化", "Changes"), of_fields, diff.get("fields", ()))
    values = [
        {
            "code": factor["code"], "region": value["region"], "from": value["valid_from"], "value": value["value"],
            "unit": factor["unit"], "what": what,
        }
        for factor in diff.get("factors", ())
        for side, what in (("before", say("原", "was")), ("after", say("新", "becomes")))
        for value in factor[side]
    ]  # fmt: skip
    named = [
        ("code", say("因子", "factor")), ("region", say("地区", "region")), ("from", say("自", "from")), ("what", ""),
        ("value", say("数值", "value")), ("unit", say("单位", "unit")),
    ]  # fmt: skip
    _table(say("因子的变化", "Changed factors"), named, values)
    coefficients = [*diff.get("coefficients", ())]
    coefficients += [row for each in diff.get("methodologies", ()) for row in each["coefficients"]]
    priced = [
        ("variant", say("变体", "variant")), ("region", say("地区", "region")), ("valid_from", say("自", "from")),
        ("before_g", say("原系数 g", "before g")), ("after_g", say("新系数 g", "after g")), ("per", say("单位", "per")),
    ]  # fmt: skip
    _table(say("系数的变化", "Changed coefficients"), priced, coefficients)


def _print_effect(effect: Json) -> None:
    title, sides = say("试算（未入账）", "Dry run (nothing is booked)"), (say("原", "before"), say("现", "after"))
    records = effect.get("records")
    totals = (
        [] if records is None else [records["total"]] if isinstance(records, dict) else [r["total"] for r in records]
    )
    rows: list[tuple[Any, ...]] = [
        (
            f"{t['behavior']}: {t['records']:,} {say('条', 'records')}, kg CO2e",
            kilograms(t["before_mg"]),
            kilograms(t["after_mg"]),
        )
        for t in totals
    ]
    if "points" in effect:
        total = effect["points"]["total"]
        what = f"{total['records']:,} {say('条，积分', 'records, points')}"
        rows.append((what, points(total["before_milli"]), points(total["after_milli"])))
    if "credited_mg" in effect:
        rows.append((say("入账（千克）", "credited, kg CO2e"), *map(kilograms, effect["credited_mg"])))
        rows.append((say("积分", "points"), *map(points, effect["points_milli"])))
    print_table(title, [("", "left"), *((side, "right") for side in sides)], rows)


def _table(title: str, columns: list[tuple[str, str]], rows: Iterable[Json]) -> None:
    rows = list(rows)
    if not rows:
        return
    shown = [tuple("–" if row[name] is None else row[name] for name, _ in columns) for row in rows[:MOST_ROWS]]
    print_table(title, [(heading, "left") for _, heading in columns], shown)
    if len(rows) > MOST_ROWS:
        more = len(rows) - MOST_ROWS
        console.print(say(f"另有 {more} 行；用 --json 查看全部。", f"{more} more; see all with --json."))


def _minute(moment: Any) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")  # type: ignore[no-any-return] # a time, as the selectors give it
