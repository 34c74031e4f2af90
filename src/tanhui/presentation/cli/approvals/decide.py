"""`tanhui approvals review`, `approve`, `reject`, `withdraw`: a step taken on a proposal; `apply`: what is due."""

from collections.abc import Callable
from typing import Any

import click

from tanhui.flows import propose
from tanhui.flows.apply_due import apply_due
from tanhui.presentation.cli import books
from tanhui.presentation.cli.approvals.around import acting, as_option
from tanhui.presentation.cli.approvals.show import as_told, show_proposal
from tanhui.presentation.cli.language import say
from tanhui.presentation.cli.output import console, json_option, print_json
from tanhui.support.security.approvals.selectors import proposal
from tanhui.support.security.approvals.types import TakenBySomebody


def _step(command: Callable[..., Any]) -> Callable[..., Any]:
    digest = click.option("--digest", help=say("所见内容的摘要", "The digest of what you looked at"))
    comment = click.option("--comment", default="", help=say("意见", "What you have to say"))
    for option in (json_option, digest, comment, as_option, click.argument("number", type=int)):
        command = option(command)
    return command


@click.command(help=say("复核申请 NUMBER。", "Review the proposal NUMBER."))
@_step
def review(number: int, **given: Any) -> None:
    """Reviews a proposal."""
    _take(number, "review", **given)


@click.command(help=say("审批申请 NUMBER；已到生效日的立即生效。", "Approve NUMBER; what is due comes into force."))
@_step
def approve(number: int, **given: Any) -> None:
    """Approves a proposal."""
    _take(number, "approve", **given)


@click.command(help=say("驳回申请 NUMBER。", "Reject the proposal NUMBER."))
@_step
def reject(number: int, **given: Any) -> None:
    """Rejects a proposal."""
    _take(number, "reject", **given)


@click.command(help=say("撤回自己的申请 NUMBER。", "Withdraw your own proposal NUMBER."))
@_step
def withdraw(number: int, **given: Any) -> None:
    """Withdraws a proposal."""
    _take(number, "withdraw", **given)


@click.command(help=say("使已到生效日的申请生效。", "Bring into force what is due."))
@json_option
def apply(*, as_json: bool) -> None:
    """Applies what is due."""
    around = books.surroundings()
    around.prepare()
    done = apply_due(gwp_set=around.gwp_set(), now=books.now())
    if as_json:
        print_json([as_told(each) for each in done])
        return
    console.print(say(f"{len(done)} 项申请已处理。", f"{len(done)} proposals were due."))
    for each in done:
        show_proposal(each, as_json=False)


def _take(
    number: int, step: TakenBySomebody, *, login: str, comment: str, digest: str | None, as_json: bool
) -> None:  # fmt: skip
    actor, around = acting(login)
    done = propose.decide(number, step, actor=actor, around=around, comment=comment, digest=digest)
    if step == "approve":
        apply_due(gwp_set=around.gwp_set, now=around.now)
        done = proposal(number)
    show_proposal(done, as_json=as_json)
