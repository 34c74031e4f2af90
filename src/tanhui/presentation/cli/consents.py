"""`tanhui consents`: what a person has consented to, the notices in force, and who obtains a partner's consents."""

from dataclasses import asdict
from typing import Literal

import click

from tanhui.flows.find_person import find_person
from tanhui.flows.platform_consent import obtain_consents
from tanhui.participants.organizations.selectors import partner_codes
from tanhui.participants.persons.consents import consents_of
from tanhui.participants.persons.notices import PURPOSES, notice_in_force
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import console, json_option, print_json, print_table


@click.group(help=say("授权同意：列表、告知书、由谁取得。", "Consents: list, notices, who obtains them."))
def consents() -> None:
    """Consents."""


@consents.command("list", help=say("PERSON 的授权同意。", "What PERSON has consented to."))
@click.argument("person")
@json_option
def list_consents(person: str, *, as_json: bool) -> None:
    """Lists a person's consents as they stand."""
    lines = consents_of(find_person(person, secret=books.open_books().secret))
    partners = partner_codes()
    if as_json:
        print_json([asdict(line) | {"partner": partners.get(line.partner_id)} for line in lines])
        return
    headings = (("对象", "to"), ("用途", "purpose"), ("状态", "state"), ("告知书", "notice"), ("时间", "since"))
    rows = [
        (
            partners.get(line.partner_id) or say("平台", "platform"), tell(PURPOSES[line.purpose]),
            say("同意", "given") if line.given else say("已撤回", "withdrawn"),
            "" if line.version is None else f"v{line.version}", f"{line.at:%Y-%m-%d %H:%M}",
        )
        for line in lines
    ]  # fmt: skip
    print_table("", [(say(*heading), "left") for heading in headings], rows)


@consents.command(help=say("现行告知书。", "The notices in force."))
@json_option
def notices(*, as_json: bool) -> None:
    """Prints the notices."""
    books.open_books()
    found = [notice_in_force(purpose, on=books.today()) for purpose in PURPOSES]
    if as_json:
        print_json([asdict(notice) | {"text": notice.text._asdict()} for notice in found])
        return
    for notice in found:
        console.print(f"[bold]{notice.purpose}[/] v{notice.version}  [dim]{notice.digest[:16]}[/]")
        console.print(tell(notice.text), markup=False)


@consents.command(help=say("PARTNER 的用户同意由谁取得。", "Who obtains the consents of PARTNER's users."))
@click.argument("partner")
@click.option("--by", type=click.Choice(["partner", "platform"]), required=True)
@json_option
def obtain(partner: str, by: Literal["partner", "platform"], *, as_json: bool) -> None:
    """Sets who obtains a partner's consents."""
    books.open_books()
    terms = obtain_consents(partner, by=by)
    if as_json:
        print_json({"partner": terms.code, "consent": terms.consent})
    else:
        console.print(f"{terms.code}  {terms.consent}")
