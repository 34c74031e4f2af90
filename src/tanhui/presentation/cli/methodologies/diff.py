"""`tanhui methodologies diff`: what changes from one methodology to another, in coefficients and over the stored records."""

from itertools import groupby

import click

from tanhui.core.described import Json
from tanhui.core.difference import Difference
from tanhui.core.methodology import Methodology
from tanhui.core.refusal import Refusal
from tanhui.core.regions import region_name
from tanhui.core.text import Text
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.methodologies.resolve import Stored, methodology_named
from tanhui.presentation.cli.output import console, json_option, kilograms, print_json, print_table
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify.difference import change_as_json, change_unit, changed_items, coefficient_changes, grams
from tanhui.steps.quantify.library import Library, library

SHOWN = 4


@click.command(
    help=say(
        "比较两个方法学（code@version、code 或文件路径），并在已入账的记录上试算，不入账。",
        "Compare two methodologies (code@version, code or a file), and try both on the stored records, booking nothing.",
    )
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--records/--no-records", default=None,
    help=say("是否在已入账的记录上试算，默认有数据库时试算", "Try both on the stored records (when there is a database)"),
)  # fmt: skip
@json_option
def diff(before: str, after: str, *, records: bool | None, as_json: bool) -> None:
    """Prints the changed items, the changed coefficients, and the change in grams by behavior and region."""
    shipped = library()
    looks = books.surroundings().has_books() if records is None else records
    if looks:
        books.surroundings().setup()
        books.open_books()
    stored = _stored(shipped) if looks else None
    one, other = (methodology_named(shipped, written, stored=stored) for written in (before, after))
    if one.behavior != other.behavior:
        text = Text("{a} 与 {b} 不是同一行为的方法学。", "{a} and {b} are not methodologies of the same behavior.")
        raise Refusal("behaviors_differ", text.format(a=before, b=after), field="after")
    items = changed_items(one, other)
    changes = coefficient_changes(one, other, library=shipped)
    compared = _over_records(shipped, one, other) if looks else None
    if as_json:
        print_json(
            {
                "before": f"{one.code}@{one.version}", "after": f"{other.code}@{other.version}",
                "behavior": behaviors()[one.behavior - 1].code, "items": items,
                "coefficients": [change_as_json(one, other, change) for change in changes], "records": compared,
            }
        )  # fmt: skip
        return
    _print(one, other, items, changes)
    _print_records(compared, asked=records is not False)


def _stored(shipped: Library) -> Stored:
    from tanhui.steps.quantify.stored import stored_methodology  # noqa: PLC0415 - its models need Django, set up by now

    return lambda code, version: stored_methodology(code, version, factors=shipped.factors)


def _over_records(shipped: Library, one: Methodology, other: Methodology) -> Json:
    from tanhui.flows.compare_methodologies import compare_methodologies, compared_as_json  # noqa: PLC0415 - as above

    codes = {one.code, other.code}
    compared = compare_methodologies(
        shipped.trying(one, without=codes), shipped.trying(other, without=codes), behavior=one.behavior
    )
    return compared_as_json(compared)


def _print(one: Methodology, other: Methodology, items: list[Json], changes: list[Difference]) -> None:
    console.print(f"[bold]{one.code}@{one.version} → {other.code}@{other.version}[/]")
    if items:
        columns = [(say("条目", "item"), "left"), (say("原值", "before"), "left"), (say("新值", "after"), "left")]
        rows = [
            (row["item"], *("–" if row[side] is None else row[side] for side in ("before", "after"))) for row in items
        ]
        print_table(say("文件的变化", "Changed in the document"), columns, rows)
    if not changes:
        console.print(say("系数没有变化。", "No coefficient changes."))
        return
    columns = [
        (say("变体", "variant"), "left"), (say("活动水平", "activity"), "left"), (say("地区", "regions"), "left"),
        (say("有效期", "valid"), "left"), (say("原系数 g", "before g"), "right"), (say("新系数 g", "after g"), "right"),
        (say("单位", "per"), "left"), ("%", "right"),
    ]  # fmt: skip
    alike = sorted(changes, key=lambda c: (c.variant, c.monomial, c.valid_from, str(c.before_ng), str(c.after_ng)))
    groups = groupby(alike, key=lambda c: (c.variant, c.monomial, c.valid_from, c.valid_until, c.before_ng, c.after_ng))
    rows = []
    for _, group in groups:
        same = list(group)
        first = same[0]
        rows.append(
            (first.variant, " × ".join(first.monomial), _regions(same), f"{first.valid_from} – {first.valid_until or ''}",
             grams(first.before_ng) or "–", grams(first.after_ng) or "–", change_unit(one, other, first), _percent(first))
        )  # fmt: skip
    print_table(say("系数的变化", "Changed coefficients"), columns, rows)


def _regions(same: list[Difference]) -> str:
    names = ", ".join(tell(region_name(change.region)) for change in same[:SHOWN])
    more = len(same) - SHOWN
    return names if more <= 0 else say(f"{names} 等 {len(same)} 个", f"{names} and {more} more")


def _percent(change: Difference) -> str:
    if not change.before_ng or change.after_ng is None:
        return "–"
    return f"{float((change.after_ng - change.before_ng) / abs(change.before_ng)) * 100:+.1f}"


def _print_records(compared: Json | None, *, asked: bool) -> None:
    if compared is None:
        if asked:
            console.print(say("这里没有数据库，未在记录上试算。", "There is no database here; no records were tried."))
        return
    total = compared["total"]
    if not total["records"]:
        console.print(say("该行为没有已入账的记录。", "No records of this behavior are booked."))
        return
    columns = [
        (say("地区", "region"), "left"), (say("记录", "records"), "right"), (say("已入账 kg", "booked kg"), "right"),
        (say("原 kg", "before kg"), "right"), (say("新 kg", "after kg"), "right"), (say("变化 kg", "change kg"), "right"),
    ]  # fmt: skip
    rows = [*compared["regions"], total | {"region": None}]
    lines = [
        (tell(region_name(row["region"])) if row["region"] else say("合计", "total"), f"{row['records']:,}",
         *(kilograms(row[key]) for key in ("booked_mg", "before_mg", "after_mg", "change_mg")))
        for row in rows
    ]  # fmt: skip
    print_table(
        say("在已入账记录上试算（未入账，未计上限）", "Over the stored records (nothing booked, caps aside)"),
        columns,
        lines,
    )
    for side, refused in ((say("原", "before"), "refused_before"), (say("新", "after"), "refused_after")):
        for code, records in compared[refused].items():
            console.print(
                say(f"{side}：{records} 条无法计算（{code}）", f"{side}: {records} records are not quantified ({code})")
            )
