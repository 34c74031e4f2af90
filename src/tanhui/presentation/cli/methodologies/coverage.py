"""`tanhui methodologies coverage`: the 59 behaviors of Appendix A and what each is quantified with."""

import click

from tanhui.core.described import Json, text
from tanhui.core.methodology import Methodology
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.methodologies.show import EVIDENCE, STATUS, listed, places
from tanhui.presentation.cli.output import console, json_option, print_json, print_table
from tanhui.steps.identify.behaviors import behaviors
from tanhui.steps.quantify.coverage import factors_used, shipped_cases
from tanhui.steps.quantify.library import library


@click.command(help=say("59 种行为的方法学覆盖情况。", "Which methodologies cover the 59 behaviors."))
@json_option
def coverage(*, as_json: bool) -> None:
    """Prints every behavior with its methodologies, their factors sourced and assumed, and their cases."""
    shipped, cases = library(), shipped_cases()
    rows = [
        (behavior, [_covered(m, cases.get(m.code, 0)) for m in shipped.for_behavior(behavior.number)])
        for behavior in behaviors()
    ]
    covered = sum(bool(found) for _, found in rows)
    every = [each for _, found in rows for each in found]
    totals = {
        "behaviors": len(rows), "covered": covered, "methodologies": len(every),
        "factors_sourced": len({f for each in every for f in each["sourced"]}),
        "factors_assumed": len({f for each in every for f in each["assumed"]}),
        "cases": sum(each["cases"] for each in every),
    }  # fmt: skip
    if as_json:
        print_json(
            totals
            | {
                "rows": [
                    {"number": b.number, "code": b.code, "name": text(b.name), "methodologies": found}
                    for b, found in rows
                ]
            }
        )
        return
    columns = [
        ("#", "right"), (say("行为", "behavior"), "left"), (say("方法学", "methodology"), "whole"),
        (say("状态", "status"), "left"), (say("地区", "regions"), "left"), (say("证据", "evidence"), "left"),
        (say("有来源", "sourced"), "right"), (say("假设", "assumed"), "right"), (say("算例", "cases"), "right"),
    ]  # fmt: skip
    lines = [
        (b.number, tell(b.name), f"{each['code']}@{each['version']}", STATUS[each["status"]], each["places"],
         EVIDENCE[each["evidence"]], len(each["sourced"]), len(each["assumed"]), each["cases"])
        for b, found in rows for each in found
    ]  # fmt: skip
    print_table("", columns, lines)
    console.print(
        say(
            f"{covered}/{len(rows)} 种行为，{len(every)} 个方法学，{totals['cases']} 个算例。",
            f"{covered} of {len(rows)} behaviors, {len(every)} methodologies, {totals['cases']} cases.",
        )
    )


def _covered(methodology: Methodology, cases: int) -> Json:
    sourced, assumed = factors_used(methodology)
    return listed(methodology) | {"sourced": sourced, "assumed": assumed, "cases": cases, "places": places(methodology)}
